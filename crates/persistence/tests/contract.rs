//! The contract of the store ports, held against SQLite on files (never in memory, which locks otherwise), and against
//! PostgreSQL and MariaDB with pools that are full of connections before anything contends.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a failed test is a panic")]

mod databases;
mod places;

mod one_store {
    countersign_testing::store_contract!(crate::places::SqlitePlace::of_one_store());
}

mod several_stores {
    countersign_testing::store_contract!(crate::places::SqlitePlace::of_several_stores());
}

mod postgresql_one_node {
    countersign_testing::store_contract!(
        crate::places::ServerPlace::of_one_node(crate::databases::Server::Postgres),
        ignore = "needs PostgreSQL; tests/run starts one"
    );
}

mod postgresql_three_nodes {
    countersign_testing::store_contract!(
        crate::places::ServerPlace::of_three_nodes(crate::databases::Server::Postgres),
        ignore = "needs PostgreSQL; tests/run starts one"
    );
}

mod mariadb_one_node {
    countersign_testing::store_contract!(
        crate::places::ServerPlace::of_one_node(crate::databases::Server::MariaDb),
        ignore = "needs MariaDB; tests/run starts one"
    );
}

mod mariadb_three_nodes {
    countersign_testing::store_contract!(
        crate::places::ServerPlace::of_three_nodes(crate::databases::Server::MariaDb),
        ignore = "needs MariaDB; tests/run starts one"
    );
}
