use async_trait::async_trait;
use countersign_application::audit::{AmbiguousName, Audited, FindActor, ListAuditEvents};
use countersign_application::text::SearchText;
use countersign_wire::{AuditEventView, List};

use super::{AuditQuery, AuditTrail};
use crate::{CommandError, Local, Part};

#[async_trait]
impl AuditTrail for Local {
    async fn page(&self, query: &AuditQuery, part: &Part) -> Result<List<AuditEventView>, CommandError> {
        let realm = self.found().await?;
        let actor_id = match &query.actor {
            None => None,
            Some(name) => {
                let found = FindActor { name: name.clone() }.execute(&self.application, &realm).await?;
                let several =
                    |AmbiguousName| CommandError::refused(format!("several go by {name:?}")).advise("give the id");
                Some(found.map_err(several)?)
            }
        };
        let login = query.login.as_deref().map(SearchText::new).transpose();
        let login = login.map_err(|rule| CommandError::refused(format!("the part of a login {rule}")))?;
        let list = ListAuditEvents {
            event: query.event,
            account: query.account.map_or(Audited::All, Audited::Account),
            outcome: query.outcome,
            address: query.address,
            actor_kind: query.actor_kind,
            actor_id,
            login: login.map(|login| login.as_str().to_owned()),
            since: query.since.map(|moment| moment.0),
            until: query.until.map(|moment| moment.0),
            page: part.request(),
        };
        let page = list.execute(&self.application, &realm).await?;
        Ok(List::of(page, AuditEventView::from))
    }
}
