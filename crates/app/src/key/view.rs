use countersign_application::master_key::{BrokenSeal, KeyUse, Rewrapped, SealedFindings};
use countersign_application::ports::KeyCheck;
use countersign_cli::{View, columns, facts};
use countersign_crypto::{KeyRing, MasterKey};
use countersign_wire::Moment;
use serde::Serialize;

/// A master key, with what needs it.
#[derive(Debug, Serialize)]
struct KeyView {
    id: String,
    /// `missing` where the database names a key that the ring does not have.
    state: String,
    created_at: Option<Moment>,
    sealed: u64,
    recovery_sets: u64,
    /// What ends by itself within minutes: sets of enrollments under way.
    pending_recovery_sets: u64,
}

/// The keys of the ring, the primary first, and those that are missing from it.
#[derive(Debug, Serialize)]
pub(super) struct KeyList {
    items: Vec<KeyView>,
}

impl KeyList {
    pub(super) fn of(ring: &KeyRing, checks: &[KeyCheck], uses: &[KeyUse]) -> Self {
        let view = |id: &str, state: String, created_at: Option<Moment>| {
            let used = uses.iter().find(|used| used.key_id == id).cloned().unwrap_or_default();
            KeyView {
                id: id.to_owned(),
                state,
                created_at,
                sealed: used.sealed(),
                recovery_sets: used.recovery_sets,
                pending_recovery_sets: used.pending_sets,
            }
        };
        let held = |key: &MasterKey| view(key.id(), key.state().to_string(), Some(Moment(key.created_at())));
        let mut items: Vec<KeyView> = ring.keys().map(held).collect();
        let recorded = checks.iter().filter(|check| check.retired_at.is_none()).map(|check| &check.sealed.key_id);
        for id in recorded.chain(uses.iter().map(|used| &used.key_id)) {
            if items.iter().all(|item| item.id != *id) {
                items.push(view(id, "missing".to_owned(), None));
            }
        }
        Self { items }
    }
}

impl View for KeyList {
    fn table(&self) -> String {
        let rows = self.items.iter().map(|item| {
            [
                item.id.clone(),
                item.state.clone(),
                item.created_at.as_ref().map_or_else(String::new, |at| at.for_people()),
                item.sealed.to_string(),
                (item.recovery_sets + item.pending_recovery_sets).to_string(),
            ]
        });
        columns(["key", "state", "made", "sealed values", "recovery code sets"], rows)
    }
}

/// A row whose sealed value does not open.
#[derive(Debug, Serialize)]
pub(super) struct FaultView {
    table: &'static str,
    row: String,
    fault: String,
}

impl From<BrokenSeal> for FaultView {
    fn from(BrokenSeal { table, row, error }: BrokenSeal) -> Self {
        Self { table, row, fault: error.to_string() }
    }
}

fn faults_table(faults: &[FaultView]) -> String {
    let rows = faults.iter().map(|fault| [fault.table.to_owned(), fault.row.clone(), fault.fault.clone()]);
    columns(["table", "row", "what is wrong"], rows)
}

/// What opens, and what does not.
#[derive(Debug, Serialize)]
pub(super) struct CheckView {
    opened: u64,
    complete: bool,
    faults: Vec<FaultView>,
}

impl CheckView {
    pub(super) fn new(found: SealedFindings, of_keys: Vec<FaultView>) -> Self {
        let SealedFindings { opened, broken, interrupted } = found;
        let faults = of_keys.into_iter().chain(broken.into_iter().map(FaultView::from)).collect();
        Self { opened, complete: !interrupted, faults }
    }

    pub(super) fn is_good(&self) -> bool {
        self.complete && self.faults.is_empty()
    }
}

impl FaultView {
    pub(super) fn of_key(id: &str, fault: &str) -> Self {
        Self { table: "key_check", row: id.to_owned(), fault: fault.to_owned() }
    }
}

impl View for CheckView {
    fn table(&self) -> String {
        let told = if self.complete { "" } else { " It was ended before everything was looked at." };
        let opened = format!("{} sealed values open, each in its row.{told}", self.opened);
        if self.faults.is_empty() {
            return opened;
        }
        format!("{}\n\n{} do not. {opened}", faults_table(&self.faults), self.faults.len())
    }
}

/// What was sealed anew.
#[derive(Debug, Serialize)]
pub(super) struct RewrapView {
    primary_key: String,
    resealed: u64,
    /// Still under other keys.
    left: u64,
    faults: Vec<FaultView>,
}

impl RewrapView {
    pub(super) fn new(primary_key: String, done: Rewrapped, left: u64) -> Self {
        let faults = done.broken.into_iter().map(FaultView::from).collect();
        Self { primary_key, resealed: done.resealed, left, faults }
    }
}

impl View for RewrapView {
    fn table(&self) -> String {
        let told = facts([
            ("primary key", self.primary_key.clone()),
            ("sealed anew", self.resealed.to_string()),
            ("left under other keys", self.left.to_string()),
        ]);
        if self.faults.is_empty() { told } else { format!("{told}\n\n{}", faults_table(&self.faults)) }
    }
}

/// A key ring that was made, or changed.
#[derive(Debug, Serialize)]
pub(super) struct RingView {
    pub(super) key_ring: String,
    pub(super) key: String,
    pub(super) state: String,
}

impl View for RingView {
    fn table(&self) -> String {
        facts([("key ring", self.key_ring.clone()), ("key", self.key.clone()), ("state", self.state.clone())])
    }
}

/// A key that was put out of use.
#[derive(Debug, Serialize)]
pub(super) struct RetiredView {
    pub(super) key: String,
    pub(super) recovery_sets_voided: u64,
}

impl View for RetiredView {
    fn table(&self) -> String {
        facts([
            ("retired", self.key.clone()),
            ("sets of recovery codes put out of use", self.recovery_sets_voided.to_string()),
        ])
    }
}
