use std::path::{Path, PathBuf};

use countersign_application::restoration::MarkedRealm;
use countersign_cli::{View, facts};
use countersign_persistence::FileFacts;
use countersign_wire::Moment;
use serde::Serialize;

use crate::settings::Settings;

/// What was restored, and put out of use.
#[derive(Serialize)]
pub(super) struct RestoreView {
    database: String,
    /// The backup; `null` where the database was only marked.
    restored_from: Option<String>,
    backed_up_at: Option<Moment>,
    accounts: Option<u64>,
    /// Where the database is that was there before.
    set_aside: Option<String>,
    realms: Vec<RealmView>,
}

#[derive(Serialize)]
struct RealmView {
    realm: String,
    authenticators: u64,
    recovery_sets: u64,
    sessions: u64,
    trusted_devices: u64,
    enrollments: u64,
}

impl From<MarkedRealm> for RealmView {
    fn from(marked: MarkedRealm) -> Self {
        let it = marked.distrusted;
        Self {
            realm: marked.realm.to_string(),
            authenticators: it.authenticators,
            recovery_sets: it.recovery_sets,
            sessions: it.sessions,
            trusted_devices: it.trusted_devices,
            enrollments: it.enrollments,
        }
    }
}

impl RestoreView {
    pub(super) fn of_file(
        settings: &Settings,
        file: &Path,
        facts: &FileFacts,
        aside: Option<PathBuf>,
        realms: Vec<MarkedRealm>,
    ) -> Self {
        Self {
            restored_from: Some(file.display().to_string()),
            backed_up_at: facts.backed_up_at.map(Moment),
            accounts: Some(facts.accounts),
            set_aside: aside.map(|path| path.display().to_string()),
            ..Self::in_place(settings, realms)
        }
    }

    pub(super) fn in_place(settings: &Settings, realms: Vec<MarkedRealm>) -> Self {
        Self {
            database: settings.database_url.to_string(),
            restored_from: None,
            backed_up_at: None,
            accounts: None,
            set_aside: None,
            realms: realms.into_iter().map(RealmView::from).collect(),
        }
    }
}

impl View for RestoreView {
    fn table(&self) -> String {
        let sum = |of: fn(&RealmView) -> u64| self.realms.iter().map(of).sum::<u64>().to_string();
        let mut lines = vec![("database", self.database.clone())];
        lines.extend(self.restored_from.clone().map(|file| ("restored from", file)));
        lines.extend(self.backed_up_at.map(|at| ("backed up at", at.for_people())));
        lines.extend(self.accounts.map(|accounts| ("accounts", accounts.to_string())));
        lines.extend(self.set_aside.clone().map(|file| ("the database before", file)));
        lines.push(("codes refused of", format!("{} authenticators", sum(|it| it.authenticators))));
        lines.push(("new recovery codes for", format!("{} accounts", sum(|it| it.recovery_sets))));
        lines.push(("sessions ended", sum(|it| it.sessions)));
        facts(lines)
    }
}
