# What each message is about stands in en.ftl.

## Numbers

decimal-mark = .
percent-sign = {"%"}
list-separator = 、

## Dates

january = 1月
february = 2月
march = 3月
april = 4月
may = 5月
june = 6月
july = 7月
august = 8月
september = 9月
october = 10月
november = 11月
december = 12月

january-short = 1月
february-short = 2月
march-short = 3月
april-short = 4月
may-short = 5月
june-short = 6月
july-short = 7月
august-short = 8月
september-short = 9月
october-short = 10月
november-short = 11月
december-short = 12月

date-short = { $month }{ $day }日
date-short-with-year = { $year }年{ $month }{ $day }日
date-long = { $month }{ $day }日
date-long-with-year = { $year }年{ $month }{ $day }日
days-of-month = { $month }{ $first }日～{ $last }日
days = { $first }～{ $last }
month-of-year = { $year }年{ $month }
date-and-time = { $date } { $time }

## Durations

minutes = { $minutes }分
hours = { $hours }時間
hours-and-minutes = { $hours }時間{ $minutes }分
days-count = { $days }日
days-and-hours = { $days }日{ $hours }時間

## States of components

operational = 正常
under-maintenance = メンテナンス中
degraded-performance = 性能低下
partial-outage = 一部停止
major-outage = 大規模障害

## States of incidents and maintenances

investigating = 調査中
identified = 原因特定
monitoring = 経過観察中
resolved = 解決済み
postmortem = 事後報告
scheduled = 予定
in-progress = 実施中
verifying = 確認中
completed = 完了

impact-minor = 影響：小
impact-major = 影響：大
impact-critical = 影響：重大

## The headline

all-operational = すべてのシステムは正常です
some-maintenance = メンテナンス中です
some-degraded = 一部のシステムで性能が低下しています
some-partial-outage = 一部のシステムが停止しています
some-major-outage = 大規模な障害が発生しています
several-incidents = 複数の障害に対応中です

tally = { $total }件中{ $operational }件のコンポーネントが正常
as-of = 更新：
how-status-is-found = このページの状態は、最も状態の悪いコンポーネントに合わせて表示されます。良い順に、正常、メンテナンス中、性能低下、一部停止、大規模障害です。
how-headline-is-found = 対応中の障害が1件だけのときは、その名前が見出しになります。
updates-delayed = このページの更新が遅れています。表示している内容の時点：
uptime-formula = 稼働率 = 1 −（大規模障害 + 0.3 × 一部停止）÷ 時間
how-uptime-is-counted = 稼働率の計算方法
uptime-rule = 稼働率は、過去90日間（追加から90日未満の場合は追加以降）にコンポーネントが動作していた時間の割合です。性能低下とメンテナンスは稼働として数え、一部停止は10分の3として数えます。1分未満の停止は含めず、端数は切り捨てます。

## Parts of a page

close = 閉じる
skip-to-content = 本文へ移動
page = ページ
status-of = { $name } のステータス
page-description = { $name } の現在の状態、障害情報、稼働率。
current-status = 現在の状態
history = 履歴
uptime = 稼働率
announcement = お知らせ
active-incidents = 対応中の障害
components = コンポーネント
scheduled-maintenance = メンテナンスの予定
past-incidents = 過去の障害
incidents-and-maintenance = 障害とメンテナンス
no-incidents = 障害の報告はありません
ongoing = 対応中：
started = 開始
read-postmortem = 事後報告を読む
earlier-updates = 以前の更新{ $count }件
days-ago = { $days }日前
today = 今日
bar = { $days }日間：
no-trouble = 問題なし
days-with-trouble = 問題のあった日は { $days } 日
no-history = 記録なし
updates-of-component = このコンポーネントの更新情報

## Subscribing

subscribe = 購読
feed-rss = RSSフィード
feed-atom = Atomフィード
feed-calendar = メンテナンスカレンダー
feed-json = JSON形式のステータス

## Metrics

metrics = 指標
last-day = 過去24時間
last-week = 過去7日間
last-month = 過去28日間
average = 平均 { $value }
lowest-and-highest = { $lowest }～{ $highest }
not-measured = 測定値なし

## History

history-of = 障害の履歴
history-description = { $name } の障害とメンテナンスの月別一覧。
month-description = { $name } の{ $month }の障害とメンテナンス。
quiet-month = この月に障害の報告はありませんでした。
no-history-yet = これまでに障害の報告はありません。
months = 月
all-history = すべての履歴

## Incident and maintenance

state = 状態
affected-components = 影響のあるコンポーネント
start = 開始
end = 終了
planned-end = 終了予定
duration = 期間
updates = 更新情報
no-updates = まだ更新情報はありません。
add-to-calendar = カレンダーに追加
incident-description = { $name }：発生した内容と対応。
maintenance-description = { $name }：実施日時と影響。

## Uptime

uptime-description = { $name } の各コンポーネントの90日、60日、30日間の稼働率。
component = コンポーネント
last-days = { $days }日間
no-uptime = 稼働率を表示しているコンポーネントはありません。

## Search

search = 検索
search-label = コンポーネントと障害を検索
search-results = 「{ $query }」の検索結果
search-count = { $count ->
    [0] 見つかりませんでした
   *[other] { $count }件
}
search-left-out = ほかに{ $count }件あります。語句を増やして絞り込んでください。
search-hint = 別の語句で検索するか、次のページに戻ってください：

## The foot

language = 言語
times-in = 時刻の表示：{ $zone }
powered-by = Pharosで運用

## Pages that say why there is nothing else

unknown-host = ここにページはありません
unknown-host-why = { $host } にステータスページはありません。アドレスに誤りがないか確認してください。
not-found = このアドレスには何もありません
not-found-why = アドレスに誤りがあるか、内容が移動した可能性があります。次のページがあります：
gone = このページは削除されました
gone-why = { $host } のステータスページは公開者によって削除されました。
unavailable = このページはまだ届いていません
unavailable-why = ページがこの地域にまだ届いていません。通常は数秒で、自動的に表示されます。
try-again = 再試行
loading = 状態を読み込んでいます…
loading-why = ページを準備しています。自動的に表示されます。
