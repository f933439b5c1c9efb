//! kv-sync from outside: an origin and regions that follow a script, and between them what ships.

mod coalescing;
mod faults;
mod order;
mod origin;
mod refilling;
mod region;
mod system;
