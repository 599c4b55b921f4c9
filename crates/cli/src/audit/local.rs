use async_trait::async_trait;
use countersign_application::use_cases::ListAuditEvents;
use countersign_application::{PageRequest, Target};

use super::{AuditEventList, AuditEventView, AuditQuery, AuditTrail};
use crate::{CommandError, Local};

#[async_trait]
impl AuditTrail for Local {
    async fn page(&self, query: &AuditQuery, limit: u32, cursor: Option<&str>) -> Result<AuditEventList, CommandError> {
        let target = |text: &String| text.parse().map_or_else(|_| Target::Login(text.clone()), Target::Account);
        let list = ListAuditEvents {
            realm: self.realm.clone(),
            event: query.event,
            account: query.account.as_ref().map(target),
            since: query.since.map(|moment| moment.0),
            until: query.until.map(|moment| moment.0),
            page: PageRequest { limit, after: cursor.and_then(PageRequest::parse_cursor) },
        };
        let page = list.execute(&self.application).await?.ok_or_else(|| self.no_realm())?;
        let next_cursor = page.next_cursor();
        Ok(AuditEventList { items: page.items.into_iter().map(AuditEventView::from).collect(), next_cursor })
    }
}
