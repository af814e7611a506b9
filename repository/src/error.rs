//! What can go wrong in the repository, by what a caller can do about it.

use crate::identifier::IdentifierError;
use crate::record::{Certificate, DocumentId};
use std::io::ErrorKind;

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the repository.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such record, or the actor may not know that there is.
    #[error("không có hồ sơ này")]
    NotFound,
    /// The actor may not do this.
    #[error("không có quyền thực hiện")]
    Forbidden,
    /// Login, password or code is wrong, or nobody may sign in there: which of them, nobody is told.
    #[error("Tên đăng nhập, mật khẩu hoặc mã chưa đúng, hoặc tài khoản không mở. Hãy kiểm tra rồi nhập lại.")]
    SignInRefused,
    /// Somebody tried too often. Vietnamese.
    #[error("Đã thử quá nhiều lần. Hãy đợi {} phút rồi thử lại, hoặc nhờ quản trị viên mở khóa.", retry_after_s.div_ceil(60))]
    TooManyAttempts {
        /// Seconds until the next attempt is looked at.
        retry_after_s: u64,
    },
    /// An account asked for as much as one may in a day. Vietnamese.
    #[error(
        "Tài khoản đã khai thác đủ {quota} lượt trong hôm nay. Hãy tiếp tục vào ngày mai, hoặc nhờ lãnh đạo cơ quan."
    )]
    QuotaReached {
        /// How much that is.
        quota: u32,
        /// Seconds until the next day.
        retry_after_s: u64,
    },
    /// What was asked contradicts a rule; the message is Vietnamese and says what to do.
    #[error("{message}")]
    Invalid {
        /// What is wrong and what to do.
        message: String,
    },
    /// The number of a subject is known under another name or date of birth. The message is Vietnamese and says which; the same
    /// confirmation with `rename_subject` replaces them.
    #[error("{message}")]
    SubjectDiffers {
        /// What is known and what to do.
        message: String,
    },
    /// Values whose check fails were left as proposed, without a reason. The message is Vietnamese and names them.
    #[error("{message}")]
    Doubtful {
        /// Keys of the fields.
        keys: Vec<String>,
        /// What to do.
        message: String,
    },
    /// Fields that a record of the type needs are neither there nor said to be absent from the paper. The message is Vietnamese and names
    /// them (DIG-11).
    #[error("{message}")]
    Incomplete {
        /// Keys of the fields.
        keys: Vec<String>,
        /// What to do.
        message: String,
    },
    /// What shall be handed in or filed is held already. The message is Vietnamese and says what to do.
    #[error("{message}")]
    AlreadyHeld {
        /// The paper that is held.
        document: DocumentId,
        /// Which one it is and what to do.
        message: String,
    },
    /// The record is not in a state that allows this.
    #[error("giấy tờ {document} đã được xử lý, hãy tải lại trang")]
    Conflict {
        /// The paper.
        document: DocumentId,
    },
    /// Another reading was finished since the person looked: what would be confirmed is not what was seen. Vietnamese.
    #[error("Máy vừa đọc lại giấy tờ này. Hãy tải lại trang, đối chiếu kết quả mới rồi xác nhận.")]
    ReadAgain {
        /// The paper.
        document: DocumentId,
    },
    /// Somebody keyed the paper since the person began, so that they saw what they should not, or did not see what they should. Vietnamese.
    #[error(
        "Trong lúc anh/chị nhập, người khác đã nhập giấy này. Loại giấy này cần hai người nhập độc lập: hãy mở lại giấy và nhập theo ảnh quét."
    )]
    KeyedMeanwhile {
        /// The paper.
        document: DocumentId,
    },
    /// The job was taken over by another worker; drop the work.
    #[error("job was claimed by another worker")]
    ClaimLost,
    /// The paper was erased: its bytes cannot be read any more, by nobody. Vietnamese.
    #[error("Giấy tờ này đã bị xóa vĩnh viễn; nội dung không còn đọc được.")]
    Erased {
        /// The paper.
        document: DocumentId,
    },
    /// The paper was destroyed by a decision; its certificate is all that is left. Vietnamese.
    #[error("Giấy tờ này đã được tiêu hủy theo quyết định số {}; nội dung không còn, chỉ còn chứng nhận tiêu hủy.", certificate.decision_no)]
    Disposed {
        /// What stays.
        certificate: Box<Certificate>,
    },
    /// A hold or a law keeps the paper: nobody may have it destroyed. Vietnamese.
    #[error("{message}")]
    MustStay {
        /// The paper.
        document: DocumentId,
        /// Who or what keeps it, and until when.
        message: String,
    },
    /// A master key is missing or wrong. English, for the operator; it says what to do, and no key.
    #[error("{message}")]
    Keys {
        /// What is wrong and what to do.
        message: String,
    },
    /// The storage of files is configured wrongly. English, for the operator; it says what to do.
    #[error("{message}")]
    Storage {
        /// What is wrong and what to do.
        message: String,
    },
    /// Stored bytes are not there.
    #[error("bytes {sha256} are missing")]
    BytesMissing {
        /// The hash.
        sha256: String,
    },
    /// Stored bytes do not open, or do not have the hash that their record names.
    #[error("bytes {sha256} are damaged")]
    BytesDamaged {
        /// The hash.
        sha256: String,
    },
    /// The database cannot be reached, or did not come to this within its limits of time. The same call may be made again.
    #[error("the database does not answer: {0}")]
    DatabaseUnavailable(#[source] sqlx::Error),
    /// This database server cannot keep our records.
    #[error("this database cannot be used: {0}")]
    DatabaseUnsuitable(String),
    /// The access log was changed from outside; it is not signed on until it is as it was.
    #[error("the access log is damaged at entry {number}: it was changed from outside")]
    LogDamaged {
        /// The first entry that is not right.
        number: u64,
    },
    /// Another backup is being written to this folder.
    #[error("another backup is being written to {folder}: wait until it has ended")]
    BackupInUse {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// Parts of a backup are not what was written. English, for the operator.
    #[error("the backup is damaged: {}", first_of(files))]
    BackupDamaged {
        /// Each damaged file and what is wrong with it.
        files: Vec<String>,
    },
    /// A paper was destroyed while a backup was being made: the rows that were copied say what it said, so they are taken away. Of that backup
    /// only sealed files stay, and the key of those of that paper is destroyed.
    #[error("a paper was erased while the backup was being made; make it again")]
    ErasedMeanwhile,
    /// Where a backup shall be brought back, something is already.
    #[error("a backup is brought back into an empty place only: {what}")]
    NotEmpty {
        /// What is there.
        what: String,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// The migration failed.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The byte store failed: it is out of reach, full, or refuses. What was asked for did not happen.
    #[error("byte store: {0}")]
    Bytes(#[from] object_store::Error),
    /// The file system failed.
    #[error("{path}: {source}")]
    File {
        /// What was touched.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A stored value cannot be read back: the data folder was changed from outside, or by a newer version.
    #[error("stored value cannot be read: {0}")]
    Corrupt(String),
}

/// Files named in one message; a report has all of them.
const NAMED_MAX: usize = 5;

fn first_of(files: &[String]) -> String {
    let named = files.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join("; ");
    match files.len().saturating_sub(NAMED_MAX) {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}

impl Error {
    /// A rule was broken; the message is Vietnamese and says what to do. It never repeats a person's number.
    pub(crate) fn invalid(message: impl Into<String>) -> Error {
        Error::Invalid { message: message.into() }
    }

    /// The storage is configured wrongly.
    pub(crate) fn storage(message: impl Into<String>) -> Error {
        Error::Storage { message: message.into() }
    }

    /// Whether there is no room left where it would have been kept: on a disk, in a quota, in the database's storage. What was asked for did
    /// not happen; with room again it does.
    pub fn is_full(&self) -> bool {
        let source = std::error::Error::source(self);
        std::iter::successors(source, |error| error.source()).any(says_full)
    }

    /// Something is wrong with master keys.
    pub(crate) fn keys(message: impl Into<String>) -> Error {
        Error::Keys { message: message.into() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        if is_passing(&error) { Error::DatabaseUnavailable(error) } else { Error::Database(error) }
    }
}

/// SQLite: another process had the file for longer than anyone waits.
const SQLITE_BUSY: u32 = 5;
/// SQLite: the disk failed to read, write or keep something.
const SQLITE_DISK_FAILED: u32 = 10;
/// SQLite: the disk is full.
const SQLITE_FULL: u32 = 13;
/// PostgreSQL: the disk is full.
const POSTGRES_FULL: &str = "53100";

/// SQLite's code of an error, without what it says more exactly; none: it is PostgreSQL's, which has five letters.
fn sqlite_code(code: &str) -> Option<u32> {
    code.parse().ok().filter(|_| code.len() < 5).map(|code: u32| code & 0xff)
}

/// Whether the fault lies with the connection, the disk or the load, not with what was asked. Nothing was committed, or only the answer to
/// the commit was lost; every call may be repeated.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| match sqlite_code(&code) {
            Some(code) => [SQLITE_BUSY, SQLITE_DISK_FAILED, SQLITE_FULL].contains(&code),
            // PostgreSQL: connection lost, no resources, locked for too long, shut down by an operator, undone for another transaction.
            None => {
                ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class))
                    || ["55P03", "25P03"].contains(&code.as_ref())
            }
        }),
        _ => false,
    }
}

/// Whether an error in the chain of causes says that there is no room.
fn says_full(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(sqlx::Error::Database(error)) = error.downcast_ref() {
        return error
            .code()
            .is_some_and(|code| code == POSTGRES_FULL || sqlite_code(&code) == Some(SQLITE_FULL));
    }
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    kind.is_some_and(|kind| {
        [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge].contains(&kind)
    })
}

impl From<IdentifierError> for Error {
    fn from(error: IdentifierError) -> Error {
        Error::Invalid { message: error.message }
    }
}
