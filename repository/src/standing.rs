//! What anyone may know who holds a code that we printed: how far a dossier is, and what a paper is worth today. Nothing else, and nobody's
//! name or number (NĐ 61/2018, QR-06); therefore nobody has to say who asks, and no access entry is written.

use crate::database;
use crate::error::Result;
use crate::identifier::{DocumentCode, DossierCode};
use crate::record::{DossierState, Validity};
use crate::{Repository, documents};

impl Repository {
    /// Trạng thái of the dossier with this code; none: there is no such dossier.
    pub async fn dossier_standing(&self, code: &DossierCode) -> Result<Option<DossierState>> {
        let mut snapshot = self.database().read().await?;
        let question = database::query("select state from dossier where code = $1").bind(code.as_str());
        let row = question.fetch_optional(&mut *snapshot).await?;
        row.as_ref().map(|row| database::read_word(row, "state")).transpose()
    }

    /// Hiệu lực today of the paper with this code; none: there is no such paper.
    pub async fn paper_standing(&self, code: &DocumentCode) -> Result<Option<Validity>> {
        let mut snapshot = self.database().read().await?;
        let sql = "select validity, valid_until from document where code = $1";
        let row = database::query(sql).bind(code.as_str()).fetch_optional(&mut *snapshot).await?;
        row.as_ref().map(documents::validity_from).transpose()
    }
}
