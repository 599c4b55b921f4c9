use async_trait::async_trait;

use super::{AuditEventList, AuditQuery, AuditTrail};
use crate::CommandError;
use crate::remote::{Listed, Parameters, Remote};

#[async_trait]
impl AuditTrail for Remote {
    async fn page(&self, query: &AuditQuery, limit: u32, cursor: Option<&str>) -> Result<AuditEventList, CommandError> {
        let mut parameters = Parameters::from([("limit", limit.to_string())]);
        parameters.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        parameters.extend(query.event.map(|event| ("event", event.to_string())));
        parameters.extend(query.account.clone().map(|account| ("account", account)));
        for (name, moment) in [("since", query.since), ("until", query.until)] {
            parameters.extend(moment.and_then(crate::Moment::for_programs).map(|text| (name, text)));
        }
        let Listed { items, next_cursor } = self.get("/v1/admin/audit-events", &parameters)?;
        Ok(AuditEventList { items, next_cursor })
    }
}
