// Package balance tells the balancers in front of several servers how much each
// can take, so that they share load by headroom and not by turns: HAProxy by its
// agent-check ([Meter.ServeAgent]), Envoy and others by the headers of the Open
// Request Cost Aggregation ([Meter.ORCA]).
//
// # Load
//
// The load of a server is the share of its capacity that is asked for: 1 when it
// is just fully used, and 2 when it must refuse half of what comes. While nothing
// is refused it is the share of the workers that are busy or, where something
// else is the limit, such as the processors, how close the oldest request that
// waits is to the time at which requests are refused.
//
// # Weight
//
// HAProxy takes a percentage of the weight that is configured. It is 100 up to a
// load of 0.9, 1 from a load of 1.2 on, and falls steeply in between: a server
// that has room then has many times the weight of one that has none, whatever
// their sizes, and requests are not refused by one while another could take them.
// No server needs to know of the others. The weight follows slowly, within about
// half a minute, as the balancer asks only every second or two, and one that
// reacts faster than it is asked would swing.
package balance
