//! The colour profile that gives the pictures' numbers a meaning: sRGB, as scanners and cameras state (ISO 19005-2, 6.2.3).

use super::objects::{Object, Objects};
use moxcms::ColorProfile;
use std::io::{self, Write};

/// Writes the output intent; pictures are DeviceGray or DeviceRGB and take their meaning from it.
pub(super) fn output_intent(objects: &mut Objects<impl Write>) -> io::Result<Object> {
    let profile = ColorProfile::new_srgb().encode().map_err(io::Error::other)?;
    let profile = objects.add_compressed("/N 3", &profile)?;
    objects.add(&format!(
        "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) \
         /DestOutputProfile {profile} >>"
    ))
}
