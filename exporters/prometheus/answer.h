// The site's reply as libmicrohttpd's response, whose memory is the site's until the client has it.
#pragma once

#include <microhttpd.h>

#include "exporters/prometheus/site.h"

namespace virtscope::exporters {

// Fills in the question's headers. MHD_NO: the connection is to be closed. Throws std::bad_alloc.
MHD_Result answer_with(MHD_Connection* connection, Site& site, Question question);

}  // namespace virtscope::exporters
