//! A progress bar for work that tells how far it is.

use indicatif::{ProgressBar, ProgressStyle};

/// Runs what reports its progress under a bar that says what it does.
pub(super) async fn with_bar<T, E: Into<anyhow::Error>>(
    what: &'static str,
    work: impl AsyncFnOnce(&mut (dyn FnMut(u64, u64) + Send)) -> Result<T, E>,
) -> anyhow::Result<T> {
    let style =
        ProgressStyle::with_template("{msg} {pos}/{len} {bar:32} {elapsed}").expect("the template is right");
    let bar = ProgressBar::new(0).with_style(style).with_message(what);
    let mut progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let done = work(&mut progress).await.map_err(Into::into);
    bar.finish_and_clear();
    done
}
