//! Making the PDF of a stored paper: bounded in number, memory and time, and ended when nobody waits for it any more.

use crate::api::Problem;
use crate::state::AppState;
use axum::http::StatusCode;
use futures::Stream;
use ingest::Reader;
use ingest::rendition::{About, RenditionError};
use qr::Modules;
use repository::Handout;
use repository::identifier::DocumentCode;
use repository::record::{DocumentId, DocumentState};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};

/// PDFs made or sent at once; others wait for their turn. Each holds one original, so two of the greatest size are half a gigabyte of
/// memory, and the PDFs two gigabytes of disk.
const RENDITIONS_AT_ONCE: usize = 2;
/// Bytes handed to a slow reader at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// Longest that sending may take: the largest PDF at 2 MB/s. Whoever takes nothing more would keep others from their turn.
const SENDING_TIME_MAX: Duration = Duration::from_secs(600);

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

    /// The reader on whose lanes pages are drawn.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// A PDF in a nameless file of the data folder, which vanishes once it is closed. Only then does its turn end: there are no more such
/// files than turns.
pub(crate) struct Made {
    file: File,
    _turn: OwnedSemaphorePermit,
    pub(crate) bytes: u64,
    pub(crate) code: Option<DocumentCode>,
}

/// Makes the PDF of a paper, with this label above its first page if there is one. It is whole before the first byte is answered, so that a
/// failure has its sentence.
pub(crate) async fn make(state: &AppState, id: DocumentId, label: Option<Modules>) -> Result<Made, Problem> {
    let paper = state.repository.hand_out(&state.actor, id).await?;
    let page_count = page_count(&paper)?;
    let turn = state.renditions.turns.clone().acquire_owned().await.map_err(Problem::internal)?;
    let original = paper.original().await?;
    let file = tempfile::tempfile_in(state.repository.data_dir()).map_err(Problem::internal)?;
    let stop = StopOnDrop(Arc::default());
    let making = {
        let (reader, stop, waiting) = (state.renditions.reader.clone(), stop.0.clone(), Handle::current());
        let (code, about) = (paper.document.code.clone(), about(&paper, label));
        move || {
            let mut page_of = |number: u32| waiting.block_on(paper.page(number)).map_err(io::Error::other);
            let (file, bytes) =
                write(file, |to| reader.render(&original, &about, page_count, &mut page_of, &stop, to))?;
            Ok(Made { file, _turn: turn, bytes, code })
        }
    };
    tokio::task::spawn_blocking(making).await.map_err(Problem::internal)?.map_err(problem)
}

/// Pages of a paper whose reading is over and whose file could be opened. Of what nobody could open it is not known either whether it
/// is signed.
fn page_count(paper: &Handout) -> Result<u32, Problem> {
    let sentence = match (paper.document.state, paper.document.page_count) {
        _ if paper.is_rescanned => {
            "Giấy tờ này có trang quét lại nên không có bản PDF/A từ bản gốc. Hãy tải bản gốc; ảnh trang quét lại xem ở trang của giấy tờ."
        }
        (
            DocumentState::Extracted
            | DocumentState::Stored
            | DocumentState::Duplicate
            | DocumentState::TakenBack,
            Some(page_count @ 1..),
        ) => return Ok(page_count),
        (DocumentState::Received, _) => {
            "Giấy tờ chưa được đọc xong nên chưa có bản PDF/A. Hãy thử lại sau ít phút hoặc tải bản gốc."
        }
        (
            DocumentState::Unreadable
            | DocumentState::Extracted
            | DocumentState::Stored
            | DocumentState::Duplicate
            | DocumentState::TakenBack,
            _,
        ) => "Máy không đọc được tệp của giấy tờ này nên không có bản PDF/A. Hãy tải bản gốc.",
    };
    Err(Problem::new(StatusCode::CONFLICT, sentence))
}

fn about(paper: &Handout, label: Option<Modules>) -> About {
    let document = &paper.document;
    About {
        title: document.title.clone(),
        code: document.code.as_ref().map(ToString::to_string),
        original_sha256: document.original.sha256.clone(),
        label,
    }
}

/// A file with what was made, from its beginning, and its length in bytes.
fn write(
    file: File,
    make: impl FnOnce(&mut dyn io::Write) -> Result<(), RenditionError>,
) -> Result<(File, u64), RenditionError> {
    let mut to = BufWriter::new(file);
    make(&mut to)?;
    let mut file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = file.stream_position()?;
    file.rewind()?;
    Ok((file, bytes))
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

impl Made {
    /// Another file than a PDF that is made for whoever asks, in its turn as they are.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub(crate) async fn make(
        state: &AppState,
        make: impl FnOnce(File) -> io::Result<File> + Send + 'static,
    ) -> io::Result<Made> {
        let turn = state.renditions.turns.clone().acquire_owned().await.map_err(io::Error::other)?;
        let file = tempfile::tempfile_in(state.repository.data_dir())?;
        let making = move || {
            let mut file = make(file)?;
            let bytes = file.seek(io::SeekFrom::End(0))?;
            file.rewind()?;
            Ok(Made { file, _turn: turn, bytes, code: None })
        };
        tokio::task::spawn_blocking(making).await.map_err(io::Error::other)?
    }

    /// The file from its beginning, piece by piece; an error when it is not taken in time.
    pub(crate) fn chunks(self) -> impl Stream<Item = io::Result<Vec<u8>>> {
        self.chunks_within(SENDING_TIME_MAX)
    }

    /// A task of its own holds the file: a browser that takes nothing more is seen by a timer, not by the stream.
    fn chunks_within(self, time: Duration) -> impl Stream<Item = io::Result<Vec<u8>>> {
        let (sender, chunks) = mpsc::channel(1);
        tokio::spawn(send(self, sender, Instant::now() + time));
        futures::stream::try_unfold(chunks, |mut chunks: mpsc::Receiver<io::Result<Vec<u8>>>| async {
            let chunk = chunks.recv().await.unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))?;
            Ok((!chunk.is_empty()).then_some((chunk, chunks)))
        })
    }
}

/// Sends the file until its end, which is an empty piece, until nobody takes it any more, or until the time is over.
async fn send(mut made: Made, to: mpsc::Sender<io::Result<Vec<u8>>>, end: Instant) {
    loop {
        let read = tokio::task::spawn_blocking(move || (read_chunk(&mut made.file), made));
        let Ok((chunk, rest)) = read.await else { return };
        let is_last = chunk.as_ref().map_or(true, Vec::is_empty);
        let sent = timeout_at(end, to.send(chunk)).await;
        if is_last || !matches!(sent, Ok(Ok(()))) {
            return;
        }
        made = rest;
    }
}

fn read_chunk(file: &mut File) -> io::Result<Vec<u8>> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let length = file.read(&mut chunk)?;
    chunk.truncate(length);
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt;
    use std::io::Write;

    const BYTES: usize = 5 * CHUNK_BYTES;

    /// A PDF of five pieces and the turns, of which it has the only one.
    fn made() -> (Made, Arc<Semaphore>) {
        let turns = Arc::new(Semaphore::new(1));
        let turn = turns.clone().try_acquire_owned().expect("a turn");
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&[7; BYTES]).and_then(|()| file.rewind()).expect("written");
        (Made { file, _turn: turn, bytes: BYTES as u64, code: None }, turns)
    }

    #[tokio::test]
    async fn a_turn_ends_with_the_sending() {
        let (made, turns) = made();
        let chunks = made.chunks();
        tokio::task::yield_now().await;
        assert_eq!(turns.available_permits(), 0, "made, but not sent");
        let sent: Vec<Vec<u8>> = chunks.try_collect().await.expect("all of it");
        assert_eq!(sent.concat(), [7; BYTES]);
        drop(turns.acquire().await.expect("the turn is over"));
    }

    #[tokio::test]
    async fn who_takes_nothing_more_loses_the_turn() {
        let (made, turns) = made();
        let chunks = made.chunks_within(Duration::from_millis(20));
        let turn = tokio::time::timeout(Duration::from_secs(60), turns.acquire()).await;
        drop(turn.expect("in time").expect("the turn is over"));
        let cut = chunks.try_collect::<Vec<_>>().await.expect_err("never taken for the whole");
        assert_eq!(cut.kind(), io::ErrorKind::TimedOut);
    }
}
