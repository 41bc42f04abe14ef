// What each verb says to a monitor. Messages do not name the guest: QemuLifecycle does.
#pragma once

#include "drivers/lifecycle.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/qmp_client.h"

namespace virtscope::qemu {

Result<Answer> do_shutdown(const Order& order, QmpClient& monitor);
Result<Answer> do_reset(const Order& order, const CommandLine& line, QmpClient& monitor);
Result<Answer> do_suspend(const Order& order, QmpClient& monitor);
Result<Answer> do_resume(const Order& order, QmpClient& monitor);
Result<Answer> do_setmem(const Order& order, QmpClient& monitor);
Result<Answer> do_setvcpus(const Order& order, QmpClient& monitor);
Result<Answer> do_change_media(const Order& order, QmpClient& monitor);
Result<Answer> do_eject(const Order& order, QmpClient& monitor);
Result<Answer> do_domdisplay(const Order& order, QmpClient& monitor);

// The end of every verb that found nothing against it.
inline Answer said(std::string text) { return {false, std::move(text), {}}; }
inline Answer already(std::string text) { return {true, std::move(text), {}}; }

}  // namespace virtscope::qemu
