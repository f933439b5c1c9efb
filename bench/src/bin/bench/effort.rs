//! How much one run measures.

pub struct Effort {
    pub rounds: usize,
    pub round_s: u64,
    pub open_loop_s: u64,
    pub neighbour_rounds: usize,
    pub abuse_rounds: usize,
    /// Clients of each kind that want more than they give.
    pub greedy_clients: usize,
    /// Views of a page that end in one moment.
    pub cached_views: usize,
    /// Random hosts and ids; a tenth as many visits are given up, and a hundredth as many streams reset.
    pub strangers: u64,
    pub cold_visits: usize,
    pub pushes: usize,
    pub sign_in_rounds: usize,
    pub cold_starts: usize,
    pub stale_rounds: usize,
    /// Pages of a database, from few to many.
    pub pages: [usize; 3],
    /// Backups while publishers push, ten seconds apart.
    pub backups: usize,
}

pub const FULL: Effort = Effort {
    rounds: 7,
    round_s: 3,
    open_loop_s: 5,
    neighbour_rounds: 7,
    abuse_rounds: 5,
    greedy_clients: 2_000,
    cached_views: 10_000,
    strangers: 1_000_000,
    cold_visits: 15,
    pushes: 300,
    sign_in_rounds: 5,
    cold_starts: 20,
    stale_rounds: 3,
    pages: [10, 1_000, 100_000],
    backups: 30,
};
pub const QUICK: Effort = Effort {
    rounds: 3,
    round_s: 1,
    open_loop_s: 2,
    neighbour_rounds: 3,
    abuse_rounds: 1,
    greedy_clients: 200,
    cached_views: 1_000,
    strangers: 20_000,
    cold_visits: 5,
    pushes: 200,
    sign_in_rounds: 2,
    cold_starts: 5,
    stale_rounds: 1,
    pages: [10, 1_000, 10_000],
    backups: 2,
};

/// Progress. Round 0 is not measured: it warms the servers up.
pub fn say_round(section: &str, round: usize, rounds: usize) {
    match round {
        0 => eprintln!("{section}: warming up"),
        _ => eprintln!("{section}: round {round} of {rounds}"),
    }
}
