//! What may lie beside scans: `procedures.toml`, the catalogue, and `dossiers.toml`, which says where each file belongs.

use anyhow::Context;
use jiff::civil::Date;
use repository::Repository;
use repository::identifier::{DossierCode, ProcedureCode, SubjectNumber};
use repository::record::{
    Actor, DossierId, DossierPlace, DossierState, NewDossier, Procedure, SubjectClaim, SubjectKind,
};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    procedure: Vec<Procedure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    dossier: Vec<ListedDossier>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedDossier {
    code: DossierCode,
    procedure: ProcedureCode,
    received_on: Date,
    subject: ListedSubject,
    #[serde(rename = "paper", default)]
    papers: Vec<ListedPaper>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedSubject {
    kind: SubjectKind,
    number: String,
    name: String,
    birth_date: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedPaper {
    file: PathBuf,
    component: Option<String>,
    #[serde(default)]
    outcome: bool,
}

/// The dossiers that an import files into; each is opened when its first file comes.
pub(super) struct Dossiers {
    /// One dossier for every file, from the command line.
    for_all: Option<DossierId>,
    listed: Vec<ListedDossier>,
    /// File → its dossier in `listed`, and the component it fills.
    places: HashMap<PathBuf, (usize, Option<String>)>,
    opened: HashMap<usize, DossierId>,
}

/// The catalogue in a folder; empty when there is none.
pub(super) fn procedures(folder: &Path) -> anyhow::Result<Vec<Procedure>> {
    let catalogue: Option<Catalogue> = read(&folder.join("procedures.toml"))?;
    Ok(catalogue.map(|catalogue| catalogue.procedure).unwrap_or_default())
}

impl Dossiers {
    pub(super) fn one(dossier: DossierId) -> Dossiers {
        Dossiers {
            for_all: Some(dossier),
            listed: Vec::new(),
            places: HashMap::new(),
            opened: HashMap::new(),
        }
    }

    pub(super) fn listed_in(folders: &[&Path]) -> anyhow::Result<Dossiers> {
        let mut dossiers =
            Dossiers { for_all: None, listed: Vec::new(), places: HashMap::new(), opened: HashMap::new() };
        for folder in folders {
            let manifest: Option<Manifest> = read(&folder.join("dossiers.toml"))?;
            for dossier in manifest.into_iter().flat_map(|manifest| manifest.dossier) {
                dossiers.list(folder, dossier)?;
            }
        }
        Ok(dossiers)
    }

    fn list(&mut self, folder: &Path, dossier: ListedDossier) -> anyhow::Result<()> {
        for paper in &dossier.papers {
            anyhow::ensure!(
                paper.outcome != paper.component.is_some(),
                "dossiers.toml: {} needs either `component` or `outcome = true`",
                paper.file.display()
            );
            self.places.insert(folder.join(&paper.file), (self.listed.len(), paper.component.clone()));
        }
        self.listed.push(dossier);
        Ok(())
    }

    /// Where a file belongs, opening its dossier if that is still to be done.
    pub(super) async fn place_of(
        &mut self,
        repository: &Repository,
        actor: &Actor,
        file: &Path,
    ) -> anyhow::Result<Option<DossierPlace>> {
        if let Some(dossier) = self.for_all {
            return Ok(Some(DossierPlace { dossier, component: None }));
        }
        let Some((number, component)) = self.places.get(file).cloned() else { return Ok(None) };
        let dossier = match self.opened.get(&number) {
            Some(dossier) => *dossier,
            None => {
                let dossier = open(repository, actor, &self.listed[number]).await?;
                self.opened.insert(number, dossier);
                dossier
            }
        };
        Ok(Some(DossierPlace { dossier, component }))
    }
}

async fn open(repository: &Repository, actor: &Actor, listed: &ListedDossier) -> anyhow::Result<DossierId> {
    let number = listed.subject.number.as_str();
    let subject = SubjectClaim {
        kind: listed.subject.kind,
        number: SubjectNumber::parse(number).context("dossiers.toml: the subject's number")?,
        name: listed.subject.name.clone(),
        birth_date: listed.subject.birth_date,
    };
    let new = NewDossier {
        code: Some(listed.code.clone()),
        procedure: listed.procedure.clone(),
        subject,
        received_on: listed.received_on,
        state: DossierState::Accepted,
        in_hand: Vec::new(),
        reason: Some(super::ACCEPTED_LONG_AGO.to_owned()),
    };
    let dossier = repository.open_dossier(actor, new).await;
    Ok(dossier.with_context(|| format!("cannot open dossier {}", listed.code))?.id)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            Ok(Some(toml::from_str(&text).with_context(|| format!("{} is not right", path.display()))?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
