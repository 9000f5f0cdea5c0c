//! The key of a registry: what makes its fingerprints useless to whoever has the database alone.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use keysift_core::FingerprintKey;

use crate::error::{Error, ErrorKind};

/// The fewest bytes that a key may be made of.
const MIN_MATERIAL_BYTES: usize = 16;

/// A key file is read no further than this.
const MAX_MATERIAL_BYTES: u64 = 4096;

/// The key of one registry. It is kept apart from the database: two registries with different keys cannot be correlated,
/// and the fingerprints in a database that was taken say nothing without it.
#[derive(Clone)]
pub struct RegistryKey([u8; 32]);

impl fmt::Debug for RegistryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistryKey")
    }
}

impl RegistryKey {
    /// A key of secret material, such as the value of an environment variable.
    ///
    /// # Errors
    /// [`Key`](ErrorKind::Key) for fewer than 16 bytes, which can be guessed.
    pub fn from_material(material: &[u8]) -> Result<Self, Error> {
        if material.len() < MIN_MATERIAL_BYTES {
            let message = format!("a registry key of {} bytes can be guessed", material.len());
            return Err(Error::new(ErrorKind::Key, message)
                .hint_with("make one with `head -c 32 /dev/urandom | base64`"));
        }
        Ok(Self(blake3::derive_key(
            "keysift registry key v1",
            material,
        )))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`File`](ErrorKind::File) where it cannot be read; [`Key`](ErrorKind::Key) where it is too short, or where others than
    /// its owner may read it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let fail = |error: io::Error| {
            let message = format!("{}: cannot read the registry's key", path.display());
            Error::new(ErrorKind::File, message).caused_by(error)
        };
        let file = File::open(path).map_err(fail)?;
        check_permissions(path, &file)?;
        let mut material = Vec::new();
        file.take(MAX_MATERIAL_BYTES)
            .read_to_end(&mut material)
            .map_err(fail)?;
        Self::from_material(&material)
    }

    /// Makes a key file that its owner alone may read, of 32 random bytes.
    ///
    /// # Errors
    /// [`File`](ErrorKind::File), also where the file is there already.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let fail = |error: io::Error| {
            let message = format!("{}: cannot write the registry's key", path.display());
            Error::new(ErrorKind::File, message).caused_by(error)
        };
        let mut material = [0; 32];
        getrandom::fill(&mut material).map_err(|error| fail(io::Error::other(error)))?;
        let mut file = private_file(OpenOptions::new().write(true).create_new(true))
            .open(path)
            .map_err(fail)?;
        file.write_all(&material)
            .and_then(|()| file.sync_all())
            .map_err(fail)?;
        Self::from_material(&material)
    }

    /// What credentials' fingerprints are keyed with.
    pub fn fingerprints(&self) -> FingerprintKey {
        FingerprintKey::from_material(&self.derive("keysift registry credential v1"))
    }

    /// What tells a wrong key, and gives nothing of it away.
    pub(crate) fn check(&self) -> String {
        let check = self.derive("keysift registry key check v1");
        blake3::hash(&check).to_hex().to_string()
    }

    /// What the journal is chained with.
    pub(crate) fn chain(&self) -> [u8; 32] {
        self.derive("keysift registry journal v1")
    }

    fn derive(&self, context: &str) -> [u8; 32] {
        blake3::derive_key(context, &self.0)
    }
}

/// Makes a file that is opened be its owner's alone.
pub(crate) fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

#[cfg(unix)]
fn check_permissions(path: &Path, file: &File) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file
        .metadata()
        .map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!(
        "{}: others than its owner may read the registry's key",
        path.display()
    );
    Err(Error::new(ErrorKind::Key, message)
        .hint_with(format!("run `chmod 600 {}`", path.display())))
}

#[cfg(not(unix))]
fn check_permissions(_: &Path, _: &File) -> Result<(), Error> {
    Ok(())
}
