//! The store in memory, held against the contract.

use countersign_testing::{MemoryStore, store_contract};

store_contract!(MemoryStore::new());
