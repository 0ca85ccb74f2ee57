//! The state at one moment, to which a test can return.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::setup_error::SetupError;
use crate::state::World;

/// The state of an emulator at one moment: users, tokens, codes, messages, rules and clock. Faults, the record of requests and
/// open event sockets are no part of it.
#[derive(Clone)]
pub struct Snapshot(Arc<Mutex<World>>);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// The snapshots that were taken over HTTP, by their ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshots {
    pub(crate) taken: HashMap<String, Snapshot>,
}

impl World {
    pub(crate) fn snapshot(&mut self) -> Snapshot {
        // A snapshot holds no others.
        let snapshots = std::mem::take(&mut self.snapshots);
        let snapshot = Snapshot(Arc::new(Mutex::new(self.clone())));
        self.snapshots = snapshots;
        snapshot
    }

    pub(crate) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), SetupError> {
        let mut world = snapshot.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if world.url != self.url {
            return Err(SetupError::Malformed("the snapshot is of another emulator".to_owned()));
        }
        world.faults = std::mem::take(&mut self.faults);
        world.events = std::mem::take(&mut self.events);
        world.snapshots = std::mem::take(&mut self.snapshots);
        std::mem::swap(&mut world.requests, &mut self.requests);
        *self = world;
        Ok(())
    }
}
