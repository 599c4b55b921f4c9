//! The table of all settings, from which `docs/configuration.md` is written.

/// One setting, for people.
#[cfg_attr(not(test), expect(dead_code, reason = "the documentation is written by a test"))]
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) meaning: &'static str,
    pub(super) default: &'static str,
}

/// Every setting, in the order in which the documentation shows them.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "data_dir",
        meaning: "The directory that holds the database file. Made on the first start, for its owner only; not needed \
                  with a database server.",
        default: "`./countersign-data`",
    },
    Setting {
        key: "database_url",
        meaning: "The database, as a URL: `sqlite:///absolute/path.db`, `postgres://user:password@host:5432/database`, \
                  or `mysql://user:password@host:3306/database` for MySQL and MariaDB.",
        default: "the file `countersign.db` in `data_dir`",
    },
    Setting {
        key: "database_password_file",
        meaning: "A file with the password for the database server, which then does not stand in `database_url`. A \
                  newline at its end is not part of it. Read at the start.",
        default: "none",
    },
    Setting {
        key: "database_connections",
        meaning: "Connections to the database: on a server all, on SQLite those that read beside the one that writes, \
                  1 to 1000.",
        default: "`4` on SQLite, `16` on a server",
    },
    Setting {
        key: "database_connect_seconds",
        meaning: "How long it may take to get a connection to a database server, 1 to 60.",
        default: "`5`",
    },
    Setting {
        key: "database_statement_seconds",
        meaning: "How long a database server may work on one statement, 1 to 300. Migrations may take longer.",
        default: "`5`",
    },
    Setting {
        key: "database_start_seconds",
        meaning: "How long `countersign serve` waits at its start for a database server that is not reached yet, 0 to \
                  3600.",
        default: "`30`",
    },
    Setting {
        key: "master_key_file",
        meaning: "The key ring, which opens what is sealed in the database. Made on the first start. Keep a copy of \
                  it apart from the backups of the data: without it they cannot be used, with it they are no secret.",
        default: "the systemd credential `countersign-master-key` if there is one, else `<data_dir>.key`; none where `COUNTERSIGN_MASTER_KEY` holds the key ring",
    },
    Setting {
        key: "seen_file",
        meaning: "Where this node writes down how far the database had come when it last served it: an older one that was \
                  copied into its place is then not served by mistake. Not to be restored with the data.",
        default: "`<master_key_file>.seen`; with the systemd credential `<data_dir>.seen`",
    },
    Setting {
        key: "listen",
        meaning: "The IP address and port to listen on; port 0 is any free one. Anything but the loopback addresses \
                  needs TLS or `trusted_proxies`.",
        default: "`127.0.0.1:8080`",
    },
    Setting {
        key: "tls_certificate_file",
        meaning: "The certificate chain for TLS, in PEM; together with `tls_key_file`. Read at the start, and again whenever it changes or SIGHUP comes: connections go on.",
        default: "none: no TLS",
    },
    Setting { key: "tls_key_file", meaning: "The private key of the certificate, in PEM.", default: "none: no TLS" },
    Setting {
        key: "trusted_proxies",
        meaning: "Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed; a list in the file, \
                  separated by commas in the environment. Whoever is in them may make up an address: they must not hold \
                  clients.",
        default: "none",
    },
    Setting {
        key: "connections_per_address",
        meaning: "Connections that one address (with IPv6 one /64) may have open, 16 to 65536, and never more than half of \
                  all. Beyond it, its oldest one that does nothing makes room. Trusted proxies may have more.",
        default: "`256`",
    },
    Setting {
        key: "metrics_listen",
        meaning: "An IP address and port of its own for `/metrics`, over plain HTTP.",
        default: "none: no metrics are shown",
    },
    Setting {
        key: "metrics_public",
        meaning: "Whether `/metrics` is on `listen` as well, for everyone who reaches it: `true` or `false`.",
        default: "`false`",
    },
    Setting {
        key: "issuer",
        meaning: "The name of the default realm in authenticator apps. Used once, when the realm is made.",
        default: "`Countersign`",
    },
    Setting {
        key: "cookie_prefix",
        meaning: "How the names of the pages' cookies begin, after `__Host-`: lower-case letters, digits and hyphens. Two \
                  installations at ports of one host need two. Changing it signs everyone out of the pages.",
        default: "`countersign`",
    },
    Setting {
        key: "password_computations",
        meaning: "Password and recovery code hashes computed at once, 1 to 1024; each takes 19 MiB. One account, or one \
                  network of strangers, runs half of them at most.",
        default: "one less than there are cores, and one at least",
    },
    Setting {
        key: "password_queue",
        meaning: "Requests that may wait for such a computation, 0 to 65536, each for 10 s; who comes after them gets 503. \
                  One account may hold an eighth of these places, one network of strangers half.",
        default: "`1024`",
    },
    Setting {
        key: "log",
        meaning: "What is logged: `error`, `warn`, `info`, `debug`, `trace` or `off`, or a filter such as \
                  `info,countersign_http=debug`. The database and HTTP libraries never log more than warnings.",
        default: "`info`",
    },
    Setting {
        key: "log_format",
        meaning: "How log lines look: `text`, `json`, or `auto` for text on a terminal and JSON elsewhere.",
        default: "`auto`",
    },
    Setting {
        key: "audit_retention_days",
        meaning: "For how many days audit events are kept, 0 to 36500; older ones are removed for good, in all realms. \
                  `audit export` saves them before. With several nodes, set it on all.",
        default: "`0`: for ever",
    },
    Setting {
        key: "backup_dir",
        meaning: "A directory in which the server keeps backups of its SQLite database, each checked before it gets its name. Made \
                  for its owner only. The key ring is not in them; keep it elsewhere.",
        default: "none: no backups are made",
    },
    Setting { key: "backup_hours", meaning: "How many hours lie between two of them, 1 to 8760.", default: "`24`" },
    Setting {
        key: "backup_kept",
        meaning: "How many of them are kept, 1 to 1000; the oldest go first, once a new one is good.",
        default: "`7`",
    },
    Setting {
        key: "shutdown_seconds",
        meaning: "How long requests that are under way may take to finish when the server is stopped, 0 to 3600.",
        default: "`20`",
    },
];

/// The setting of a key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The key that looks most like `typed`.
pub(super) fn nearest(typed: &str) -> &'static str {
    let distance = |setting: &&Setting| strsim::damerau_levenshtein(setting.key, typed);
    SETTINGS.iter().min_by_key(distance).map_or("", |setting| setting.key)
}

/// The text of `docs/configuration.md`.
#[cfg(test)]
pub(super) fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("| setting | meaning | default |\n| --- | --- | --- |\n");
    for Setting { key, meaning, default } in SETTINGS {
        text.push_str(&format!("| `{key}` | {meaning} | {default} |\n"));
    }
    text.push_str(EPILOGUE);
    text
}

#[cfg(test)]
const INTRODUCTION: &str = "\
<!-- Written by `UPDATE_DOCS=1 cargo test -p countersign`; the source is crates/app/src/settings/reference.rs. -->
# Configuration

Countersign runs without any configuration. What should be otherwise is set in one of three places; the later one is
stronger:

1. a TOML file: the one that `--config FILE` names, else the one that `COUNTERSIGN_CONFIG` names, else
   `countersign.toml` in the working directory, if it is there;
2. the environment: `COUNTERSIGN_` and the setting in capitals, such as `COUNTERSIGN_DATA_DIR`;
3. options of `countersign serve`: `--listen` for `listen`, `--database` for `database_url`.

```toml
# countersign.toml
data_dir = \"/var/lib/countersign\"
master_key_file = \"/etc/countersign/master.key\"
listen = \"0.0.0.0:8080\"
trusted_proxies = [\"10.0.0.2\"]
```

A variable or a key that is no setting is refused, so that a typing error is none that waits. Left alone are `COUNTERSIGN_URL`,
`COUNTERSIGN_API_KEY` and `COUNTERSIGN_BIN`, which are for clients and scripts, and what Kubernetes and Docker make of a service that is
called `countersign` (`COUNTERSIGN_SERVICE_HOST`, `COUNTERSIGN_PORT_8080_TCP` and the like).

Relative paths begin at the working directory. `countersign doctor` shows what is wrong with a configuration.

";

#[cfg(test)]
const EPILOGUE: &str = "
A name that is not in the table is an error, in the file and among the variables that begin with `COUNTERSIGN_`: a
setting that was mistyped must not be one that silently does not hold. (`COUNTERSIGN_SERVER` and `COUNTERSIGN_TOKEN`
belong to the command line.) On Kubernetes, a service that is called `countersign` puts such variables into every pod of
its namespace; set `enableServiceLinks: false`.

## PostgreSQL

Make a user and a database of its own. Countersign makes the tables.

```sql
CREATE USER countersign PASSWORD '…';
CREATE DATABASE countersign OWNER countersign;
```

```toml
database_url = \"postgres://countersign@db.example.org/countersign?sslrootcert=/etc/countersign/database-ca.pem\"
database_password_file = \"/run/secrets/database-password\"
```

A server on another machine has to prove by TLS that it is the one that the URL names, as with `sslmode=verify-full`: its
certificate is one of a public authority, or of the one in the file that `sslrootcert` names. Other values of `sslmode`
trust whoever answers (`require`), any name (`verify-ca`) or do without TLS (`disable` and `allow`; `prefer` where the
server wants it so); `countersign doctor` warns of them. On a loopback address or a socket
(`postgres://countersign@localhost/countersign?host=/run/postgresql`), TLS is used if the server offers it. `sslcert` and
`sslkey` name a certificate and key of the client's own. There are no other parameters.

## MySQL and MariaDB

```sql
CREATE DATABASE countersign;
CREATE USER countersign IDENTIFIED BY '…';
GRANT ALL ON countersign.* TO countersign;
```

```toml
database_url = \"mysql://countersign@db.example.org/countersign?ssl-ca=/etc/countersign/database-ca.pem\"
database_password_file = \"/run/secrets/database-password\"
```

The same holds for TLS. Here the parameters are `ssl-mode` (`DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA`,
`VERIFY_IDENTITY`), `ssl-ca`, `ssl-cert`, `ssl-key` and `socket`.

## Passwords in URLs

What is special in a URL is written there as `%` and two hexadecimal digits: `p@ss/word` is `p%40ss%2Fword`. In
`database_password_file` it stands as it is.

## Several nodes

Nodes that share a database on a server need the same key ring: start one, copy its `master_key_file` to the others, then
start them. To rotate its keys, see below. The nodes' clocks must agree; `countersign doctor` compares that of its machine with the database server's.
All nodes together must not have more `database_connections` than the server gives out.

## Where the key ring is

In a file beside the data, and so in no copy of them. Other places:

- **systemd**: with `StateDirectory=countersign`, `data_dir` is `/var/lib/countersign/data` unless it is set, and the key ring is
  `/var/lib/countersign/data.key`: both are in the one directory that the service may write to. A credential, made with
  `countersign key create - | systemd-creds encrypt - FILE` and named by `LoadCredentialEncrypted=countersign-master-key:FILE`, is
  read at each start, and changed where it is kept.
- **A container**: mount a volume at `/var/lib/countersign` and set `COUNTERSIGN_DATA_DIR=/var/lib/countersign/data`. With the volume at
  the data directory itself, the key ring would be outside of it, and gone with the container.
- **The environment**, where there is no place for a file: `COUNTERSIGN_MASTER_KEY` holds the text that `countersign key create -` prints.
  Child processes inherit it, and `countersign serve` warns of it.

An empty database beside a key ring that was in use is refused: it is the wrong one, or a disk is not mounted.

## Master keys

`countersign key list` shows the keys of the ring and what needs each. To seal under a new one, while servers run:

1. `countersign key rotate` makes a new primary key. On a database server with several nodes: `countersign key add`, copy the key ring to
   every node, `countersign key rotate`, and copy it once more. Running servers take a changed key ring over within ten
   seconds, or on SIGHUP; one that is broken, or lacks a key that is in use, is refused with a line in the log.
2. `countersign key rewrap` seals under it what other keys sealed, in pieces that nobody waits for. It can be ended and run again.
3. `countersign key retire ID` puts the key before it out of use, and refuses while anything needs it. Recovery codes are digested with
   a pepper of their key, and cannot be digested anew without their owners: a set goes when its owner makes new codes, or with
   `--void-recovery-codes`, which makes its owner do so.

`countersign key check` opens every sealed value of all realms and names each row that does not open. Renew your backup of the key ring
after each change, and keep the retired keys as long as there are backups of the database from their time.
";
