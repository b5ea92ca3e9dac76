// Command server serves an app behind it, files, or the built-in handlers of package demo over HTTP, by a bounded
// worker pool or, to compare, by one of the other concurrency models. It prints one line on standard output when it is
// ready, and logs to standard error.
//
// Restart: SIGINT, SIGTERM and SIGHUP drain, the last one unless it is ignored, as under nohup; one that comes a quarter
// of a second later, or after that, ends the drain. SIGUSR2 starts the program anew from the file that it was started from, with the
// same arguments and the same listening sockets; when the new process serves, the old one drains, and if it does not
// within 10 s, or ends, the old one goes on. Connections that wait to be accepted belong to both, so nobody is turned
// away meanwhile.
//
// Under systemd, it serves the sockets that it is handed (sd_listen_fds(3)) in place of --addr and, if one is named admin,
// of --admin-addr, and with Type=notify it tells of READY, STOPPING, WATCHDOG and, after SIGUSR2, of the new MAINPID
// (sd_notify(3)).
//
// Memory: unless GOMEMLIMIT is given, the collector keeps to nine tenths of what the control group allows.
//
// Exit codes: 0 after a complete drain, 1 when it could not serve or had to cut connections, 2 for bad usage, 130
// when a second signal ended it at once.
package main
