//! What sessions are signed with: made with the database, read by whoever lets visitors in.

use ed25519_dalek::SigningKey;
use origin_engine::{
    random,
    sql::{self, Columns as _, Connection},
};
use page_model::{ContentHash, access};

pub struct SessionKey {
    pub id: u32,
    /// The secret half, Ed25519.
    pub secret: [u8; 32],
}

impl SessionKey {
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.secret)
    }

    /// What edges verify with.
    pub fn public(&self) -> access::SessionKey {
        access::SessionKey {
            id: self.id,
            key: ContentHash(self.signing().verifying_key().to_bytes()),
        }
    }
}

/// A database has one from the first.
pub async fn begin(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO session_keys (id, secret, created_at_ms)
         SELECT 1, $1, $2 WHERE NOT EXISTS (SELECT 1 FROM session_keys)",
    );
    let query = query.bind(random::bytes::<32>().to_vec()).bind(now_ms);
    query.execute(conn).await.map(|_| ())
}

/// The newest first, with which new sessions are signed.
pub async fn all(conn: &mut Connection) -> sql::Result<Vec<SessionKey>> {
    let query = sql::query("SELECT id, secret FROM session_keys ORDER BY id DESC");
    let rows = query.fetch_all(conn).await?;
    let keys = rows.iter().map(|row| {
        let id: i64 = row.try_get("id")?;
        let secret: &[u8] = row.try_get("secret")?;
        let id =
            u32::try_from(id).map_err(|_| sql::unreadable("session_keys holds an id that is no number of a key"))?;
        let secret = secret.try_into();
        Ok(SessionKey {
            id,
            secret: secret.map_err(|_| sql::unreadable("session_keys holds a secret that is not 32 bytes"))?,
        })
    });
    keys.collect()
}
