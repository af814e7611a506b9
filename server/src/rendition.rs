//! Making the PDF of a stored paper: bounded in number, memory and time, and ended when nobody waits for it any more.

use crate::api::Problem;
use crate::state::AppState;
use axum::http::StatusCode;
use futures::Stream;
use ingest::Reader;
use ingest::rendition::{About, RenditionError};
use repository::Handout;
use repository::identifier::DocumentCode;
use repository::record::{DocumentId, DocumentState};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// PDFs made at once; others wait for their turn. Each holds one original, so two of the greatest size are half a gigabyte.
const RENDITIONS_AT_ONCE: usize = 2;
/// Bytes handed to a slow reader at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Who makes renditions. Cheap to clone; clones share the turns.
#[derive(Debug, Clone)]
pub(crate) struct Renditions {
    reader: Reader,
    turns: Arc<Semaphore>,
}

impl Renditions {
    /// Pages are drawn on this reader's lanes.
    pub(crate) fn new(reader: Reader) -> Renditions {
        Renditions { reader, turns: Arc::new(Semaphore::new(RENDITIONS_AT_ONCE)) }
    }
}

/// A PDF in a nameless file of the data folder, which vanishes once it is closed.
pub(crate) struct Made {
    pub(crate) file: File,
    pub(crate) bytes: u64,
    pub(crate) code: Option<DocumentCode>,
}

/// Makes the PDF of a paper. It is whole before the first byte is answered, so that a failure has its sentence.
pub(crate) async fn make(state: &AppState, id: DocumentId) -> Result<Made, Problem> {
    let paper = state.repository.hand_out(&state.actor, id).await?;
    check_is_read(&paper)?;
    let _turn = state.renditions.turns.acquire().await.map_err(Problem::internal)?;
    let original = paper.original().await?;
    let file = tempfile::tempfile_in(state.repository.data_dir()).map_err(Problem::internal)?;
    let stop = StopOnDrop(Arc::default());
    let making = {
        let (reader, stop, waiting) = (state.renditions.reader.clone(), stop.0.clone(), Handle::current());
        move || write(&reader, &waiting, &paper, &original, file, &stop)
    };
    tokio::task::spawn_blocking(making).await.map_err(Problem::internal)?.map_err(problem)
}

fn check_is_read(paper: &Handout) -> Result<(), Problem> {
    let sentence = match paper.document.state {
        DocumentState::Received => {
            "Giấy tờ chưa được đọc xong nên chưa có bản PDF/A. Hãy thử lại sau ít phút hoặc tải bản gốc."
        }
        DocumentState::Unreadable => "Giấy tờ không đọc được nên không có bản PDF/A. Hãy tải bản gốc.",
        DocumentState::Extracted | DocumentState::Stored => return Ok(()),
    };
    Err(Problem::new(StatusCode::CONFLICT, sentence))
}

fn write(
    reader: &Reader,
    waiting: &Handle,
    paper: &Handout,
    original: &[u8],
    file: File,
    stop: &AtomicBool,
) -> Result<Made, RenditionError> {
    let document = &paper.document;
    let about = About {
        title: document.title.clone(),
        code: document.code.as_ref().map(ToString::to_string),
        original_sha256: document.original.sha256.clone(),
    };
    let mut page_of = |number: u32| waiting.block_on(paper.page(number)).map_err(io::Error::other);
    let mut to = BufWriter::new(file);
    reader.render(original, &about, document.page_count.unwrap_or_default(), &mut page_of, stop, &mut to)?;
    let mut file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = file.stream_position()?;
    file.rewind()?;
    Ok(Made { file, bytes, code: document.code.clone() })
}

fn problem(error: RenditionError) -> Problem {
    match error.vietnamese() {
        Some(sentence) => Problem::new(StatusCode::CONFLICT, sentence),
        None => Problem::internal(error),
    }
}

/// Ends the making when the request is dropped: the browser went away.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The file from its beginning, piece by piece.
pub(crate) fn chunks(file: File) -> impl Stream<Item = io::Result<Vec<u8>>> {
    futures::stream::try_unfold(file, |mut file| async {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK_BYTES];
            let length = file.read(&mut chunk)?;
            chunk.truncate(length);
            io::Result::Ok((chunk, file))
        });
        let (chunk, file) = read.await.map_err(io::Error::other)??;
        Ok((!chunk.is_empty()).then_some((chunk, file)))
    })
}
