//! The last few of something that an instance was asked for, the newest first.

pub struct Recent<T>(Vec<T>);

impl<T> Recent<T> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// It is the newest from now on.
    pub fn find(&mut self, is_wanted: impl FnMut(&T) -> bool) -> Option<&T> {
        let at = self.0.iter().position(is_wanted)?;
        let found = self.0.remove(at);
        self.0.insert(0, found);
        self.0.first()
    }

    /// Beside at most `max - 1` others.
    pub fn add(&mut self, one: T, max: usize) {
        self.0.truncate(max - 1);
        self.0.insert(0, one);
    }

    #[cfg(test)]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.0.iter()
    }
}
