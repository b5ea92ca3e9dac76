// Package accesslog writes a line of JSON about each request of a
// [server.Server], and never holds one up: lines are written by a goroutine of
// their own, and what it cannot keep up with is dropped, and counted.
//
//	{"time":"2026-01-02T15:04:05.123Z","level":"INFO","msg":"request","method":"GET","path":"/mill","route":"/{name}",
//	 "status":200,"origin":"handler","class":"default","client":"192.0.2.7","received":80,"sent":160,
//	 "queued_seconds":0.0004,"run_seconds":0.0021,"duration_seconds":0.0027}
//
// A request that was shed or refused has a reason, such as queue_full; one that
// nobody got an answer to has status 0. A field that does not apply is left out.
// So that a flood of requests does not become one of lines, a log takes at most
// [Config].Rate of those that succeed in a second, and as many of the others: the
// rest is sampled out. A line says once a second how many were left out.
//
// The file is opened once. To rotate it, rename it and have cmd/server hand over
// to a new process, copy and truncate it (copytruncate of logrotate), or write to
// a pipe.
package accesslog
