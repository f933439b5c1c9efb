# What each message is about stands in en.ftl.

language-name = 日本語

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

under-a-minute = 1分未満
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
identified = 原因特定済み
monitoring = 監視中
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

all-operational = すべてのシステムが正常です
some-maintenance = メンテナンス中です
some-degraded = 一部のシステムで性能が低下しています
some-partial-outage = 一部のシステムが停止しています
some-major-outage = 大規模な障害が発生しています
several-incidents = 複数の障害に対応中です
open-incident = { $state }：{ $name }

tally = { $total }件中{ $operational }件のコンポーネントが正常
ongoing-now = 継続中
ongoing-for = { $duration }以上継続中
open-incidents = { $count }件の障害に対応中
last-known-state = 最後に確認された状態
checked-when-loaded = 読み込み時に確認済み
checked-now = たった今確認
just-now = たった今
# Before the time up to which the page is known to be true.
cannot-refresh = 更新できません。最後に確認した状態:
# Before an update that came while the page was open.
new = 新着:
# Components that share a line.
count-operational = { $count } 件が正常
# Groups that share a line.
more-groups = ほか { $count } 件、すべて正常
last-change = 最終更新：
updated = 最終更新：
how-status-is-chosen = このページの状態は、最も状態の悪いコンポーネントに合わせて表示されます。コンポーネントを指定していない障害も反映されます。緑色で表示されるのは、対応中のものが何もないときだけです。良い順に、正常、メンテナンス中、性能低下、一部停止、大規模障害です。
how-headline-is-chosen = 対応中の障害が1件だけのときは、その障害名が見出しになります。
updates-delayed = このページの更新が遅れています。次の時点の情報を表示しています：
updates-late = このページの更新が遅れています。新しい障害が表示されていない可能性があります。
uptime-formula = 稼働率 = 1 −（大規模障害 + 0.3 × 一部停止）÷ 時間
how-uptime-is-calculated = 稼働率の計算方法
uptime-rule = 稼働率は、過去90日間（追加から90日未満の場合は追加以降）にコンポーネントが動作していた時間の割合です。性能低下とメンテナンスは稼働として数えます。一部停止は停止時間の30%として数えます。1分未満の停止は含めません。端数は切り捨てます。

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
more-events = ほか{ $count }件
past-incidents = 過去の障害
incidents-and-maintenance = 障害とメンテナンス
no-incidents = 障害の報告はありません
ongoing = 対応中：
started = 開始
read-postmortem = 事後報告を読む
earlier-updates = 以前の更新{ $count }件
days-ago = { $days }日前
today = 今日
days-shown = { $days }日間：
no-incident-days = 障害・メンテナンスなし
days-with-incidents = 障害・メンテナンスのあった日は { $days } 日
no-outage = 停止なし
degraded-on-days = 性能低下{ $duration }（{ $days }日）
no-data = データなし
updates-of-component = このコンポーネントの更新情報
watch = このコンポーネントをウォッチする
watched-one = ウォッチ中のコンポーネントは正常です
watched-all = ウォッチ中の#件のコンポーネントはすべて正常です
watched-some = ウォッチ中のコンポーネント:

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

## History

history-of = 障害の履歴
incident-count = { $count ->
    [0] 障害なし
   *[other] 障害{ $count }件
}
filter-by-component = コンポーネントで絞り込む
incidents-with = { $name } の最近の障害
all-components = すべてのコンポーネント
no-incidents-with = 最近の障害・メンテナンスはありません。以前のものは各月のページにあります。
earlier-months = すべての月
history-description = { $name } の障害とメンテナンスの月別一覧。
month-description = { $name } の{ $month }の障害とメンテナンス。
no-incidents-in-month = この月に障害の報告はありませんでした。
no-incidents-yet = これまでに障害の報告はありません。
months = 月
all-history = すべての履歴

## Incident and maintenance

status = 状態
affected-components = 影響を受けるコンポーネント
start = 開始
end = 終了
planned = 予定
planned-end = 終了予定
duration = 期間
updates = 更新情報
no-updates = まだ更新情報はありません。
previous-incident = 前の障害
next-incident = 次の障害
add-to-calendar = カレンダーに追加
incident-description = { $name }：状況、更新情報、影響を受けるコンポーネント。
maintenance-description = { $name }：日時、更新情報、影響を受けるコンポーネント。

## Uptime

uptime-description = { $name } の各コンポーネントの過去90日、60日、30日間の稼働率。
component = コンポーネント
last-days = { $days }日間
no-uptime = 稼働率のデータはありません。

## Search

search = 検索
search-label = コンポーネントと障害を検索
search-results = 「{ $query }」の検索結果
search-count = { $count ->
    [0] 該当する結果はありません
   *[other] { $count }件
}
search-left-out = ほかに{ $count }件あります。検索語を追加して絞り込んでください。
search-hint = 別の検索語を試すか、次のページに戻ってください：

## The foot

language = 言語
time-zone = タイムゾーン：{ $zone }
powered-by = Powered by Pharos

## Pages that say why there is nothing else

unknown-host = ステータスページが見つかりません
unknown-host-why = { $host } にステータスページはありません。アドレスに誤りがないか確認してください。
not-found = ページが見つかりません
not-found-why = アドレスに誤りがないか確認するか、次のページをご覧ください：
gone = このページは削除されました
gone-why = { $host } のステータスページは管理者によって削除されました。
unavailable = このページはまだ表示できません
unavailable-why = ページがこの地域にまだ届いていません。通常は数秒で届き、自動的に表示されます。
try-again = 再試行
loading = 読み込み中です。このページは自動的に更新されます。

## Signing in and out

private = このページは非公開です
private-password = 受け取ったパスワードを入力してください。
private-ways = サインインの方法を選んでください。
private-provider = アクセスを許可されたアカウントでログインしてください。
private-no-password = 別の方法でアクセスを許可された方だけが閲覧できます。パスワードの入力はありません。
private-ask = アクセスが必要な場合は、{ $host } のステータスページを運営しているチームにお問い合わせください。
password = パスワード
shared-computer = 共用のパソコンを使用しています
shared-computer-why = ブラウザーを閉じるとログアウトされます。
sign-in = ログイン
sign-in-with = { $name } でログイン
wrong-password = パスワードが正しくありません。大文字と小文字、空白を確認して、もう一度お試しください。
sign-in-busy = 現在、ログインの試行が多すぎます。しばらく待ってから、もう一度お試しください。
sign-in-unavailable = ログインサービスが現在応答していません。数分後にもう一度お試しください。
email = メールアドレス
private-mail = メールアドレスを入力してください。登録されていれば、リンクを記載したメールが届きます。
send-link = リンクを送信
mailed = このアドレスが登録されていれば、まもなくメールが届きます。リンクを開くか、記載されたコードを入力してください。
code = コード
wrong-code = このコードは正しくないか、すでに無効です。確認するか、前のページに戻って新しいメールを要求してください。
wrong-address = メールアドレスではありません。確認して、もう一度お試しください。
link-over = このリンクは使用済みか、期限切れです。新しいリンクを要求してください。
link-why = ボタンを押すと、このステータスページにサインインします。
not-signed-in = ログインできませんでした。もう一度お試しください。
no-access = ログインしましたが、このアカウントにはこのページを閲覧する権限がありません。
signed-out = ログアウトしました。
signed-in = ログインしています
signed-in-why = このステータスページの非公開の内容も閲覧できます。
by-network = お使いのネットワークから閲覧できます
by-network-why = ネットワークのアドレスにより、このステータスページの非公開の内容も閲覧できます。
signed-in-other = 別のユーザーとして続行しようとしています。続行すると、現在のセッションは終了します。
continue = 続行
session-began = ログイン日時：
session-ends = 有効期限：
sign-out = ログアウト
sign-out-everywhere = すべての場所でログアウト

## Earlier results, and the calendar of a component

search-earlier = 以前の月を検索：{ $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = 日 月 火 水 木 金 土
week-begins-on = 7
