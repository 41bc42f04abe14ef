// Must not compile: with DROP the result of open() is dropped. Without it, it must.
#include "core/result.h"

virtscope::Result<> open();

void caller();
void caller() {
#ifdef DROP
    open();
#else
    (void)open().has_value();
#endif
}
