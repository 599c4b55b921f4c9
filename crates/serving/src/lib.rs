//! The serving room: what every request passes before it reaches the API or the pages, and what one client may cost.
//!
//! A connection is admitted by [`connections`](self) or takes the place of one that nobody needs, within caps in total and
//! for each address. It is then watched: whoever keeps this server waiting, for a handshake, headers, a body, or for an
//! answer to be taken, is cut off in time. Each request is counted for its client until its answer was taken, and
//! carries the client's [`Origin`](countersign_application::Origin). Around the API and the pages alike stands the
//! [`Frame`]: request ids, spans, metrics, bodies, panics, and the headers that protect an answer.
//!
//! ```text
//! listener ─▶ connections (admission, eviction, time) ─▶ TLS ─▶ HTTP/1.1 or HTTP/2 ─▶ door ─▶ frame ─▶ interface
//! ```

mod body;
mod client;
mod clients;
mod clock;
mod connection;
mod connections;
mod descriptors;
mod door;
mod frame;
mod limits;
mod listener;
mod network;
mod packed;
mod prepared;
mod protocol;
mod refusal;
mod tls;
mod watched;

pub use descriptors::{DescriptorLimit, descriptor_limit, raise_descriptor_limit};
pub use frame::{
    BodyError, Failure, FormsLeadTo, Frame, Interface, LONGEST_BODY, LONGEST_UPLOAD, Reply, catch_panic, count_sign_in,
    name_answer, origin_of, read_body,
};
pub use limits::{Limits, Patience};
pub use listener::{Listener, Service};
pub use packed::{pack, unpack};
pub use prepared::Prepared;
pub use tls::{Certificate, CertificateError};
