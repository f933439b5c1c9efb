//! What a token for one page alone cannot do.

use super::Document;

impl Document {
    pub(super) fn takes_from_others(&mut self, path: &str) {
        let Some(item) = self.paths.paths.get_mut(path) else {
            return;
        };
        for (operation, not) in [
            (&mut item.delete, "A token for this page alone cannot do it."),
            (
                &mut item.patch,
                "A token for this page alone can claim no host that the page does not have.",
            ),
        ] {
            if let Some(operation) = operation {
                operation.description = Some(not.into());
            }
        }
    }
}
