//! The shop: order, stock and payment apps as child processes, and the gateway's end of their pipes.
