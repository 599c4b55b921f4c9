//! The one address of a primary that changes: what a virtual address or a proxy is in production.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Where connections go, and those that there are.
struct State {
    target: u16,
    connections: Vec<[TcpStream; 2]>,
}

/// Forwards connections to a port that can be changed.
pub(crate) struct Forwarder {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Forwarder {
    /// Listens on a free port and forwards to `target`.
    pub(crate) fn to(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { target, connections: Vec::new() }));
        let shared = Arc::clone(&state);
        // Lives as long as this process.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                accept(&shared, client);
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        self.state.lock().unwrap().cut();
    }

    /// Ends all connections, and forwards new ones elsewhere.
    pub(crate) fn switch(&self, target: u16) {
        let mut state = self.state.lock().unwrap();
        state.target = target;
        state.cut();
    }
}

impl State {
    fn cut(&mut self) {
        for stream in self.connections.drain(..).flatten() {
            // One that has ended is no error.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Connects a client onward. Under the lock: none slips by to where connections no longer go.
fn accept(state: &Mutex<State>, client: TcpStream) {
    let mut state = state.lock().unwrap();
    // Nobody there: the client is hung up on.
    let Ok(server) = TcpStream::connect(("127.0.0.1", state.target)) else { return };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    let (Ok(client_too), Ok(server_too)) = (client.try_clone(), server.try_clone()) else { return };
    let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else { return };
    state.connections.retain(|[_, server]| server.peer_addr().is_ok());
    state.connections.push([client_again, server_again]);
    std::thread::spawn(move || copy(client, server));
    std::thread::spawn(move || copy(server_too, client_too));
}

/// Copies until one side ends, and ends the other.
fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut part = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut part) {
        if to.write_all(&part[..length]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
