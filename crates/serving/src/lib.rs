//! The listeners: what every request passes before it reaches the API or the pages, and what one client may cost.
//!
//! A connection is admitted by [`connections`](self) or takes the place of one that nobody needs, within caps in total and
//! for each address. It is then watched: whoever keeps this server waiting, for a handshake, headers, a body, or for an
//! answer to be taken, is cut off in time. Each request is counted for its client until its answer was taken, and
//! carries the client's [`Origin`](countersign_application::Origin).
//!
//! ```text
//! listener ─▶ connections (admission, eviction, time) ─▶ TLS ─▶ HTTP/1.1 or HTTP/2 ─▶ door ─▶ endpoint
//! ```

mod body;
mod client;
mod clients;
mod clock;
mod connection;
mod connections;
mod descriptors;
mod door;
mod limits;
mod listener;
mod network;
mod protocol;
mod refusal;
mod tls;
mod watched;

pub use descriptors::{DescriptorLimit, descriptor_limit, raise_descriptor_limit};
pub use limits::{Limits, Patience};
pub use listener::{Listener, Service};
pub use tls::{Certificate, CertificateError};
