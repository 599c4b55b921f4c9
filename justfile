# The recipes that there are.
default:
    @just --list

# Run the server.
run *ARGUMENTS:
    cargo run --release -- serve {{ARGUMENTS}}

# Run all tests.
test:
    tests/run

# Run the tests that need no server, no browser and no other program.
quick:
    tests/run --quick

# Check everything that a change must pass.
check:
    .ci/run

# Format the code.
fmt:
    cargo fmt --all

# Measure: the core, the slow operations, the store.
bench:
    cargo bench -p countersign-core -p countersign-crypto -p countersign-persistence

# Bring docs/openapi.json up to date.
openapi:
    UPDATE_DOCS=1 cargo test -p countersign-tests --test documents

# Bring docs/configuration.md up to date.
configuration:
    UPDATE_DOCS=1 cargo test -p countersign --bins the_documentation_is_what_the_table_says

# Measure verifications over HTTP with the release binary; `just load sign-in` measures completed sign-ins, `just load nodes=3`
# several nodes on one database, `just load growth` how it is with more and more accounts.
load *ARGUMENTS:
    cargo build --release -p countersign
    COUNTERSIGN_BIN={{justfile_directory()}}/target/release/countersign cargo run --release -p countersign-tests --bin load -- {{ARGUMENTS}}

# Let the fault checker loose on a cluster of databases: `just clusters galera` or `just clusters postgres`.
clusters *ARGUMENTS:
    cargo run -p countersign-tests --bin clusters -- {{ARGUMENTS}}
