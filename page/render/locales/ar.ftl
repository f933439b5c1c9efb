# What each message is about stands in en.ftl. Digits are Latin, as the times beside them.

language-name = العربية

## Numbers

decimal-mark = .
percent-sign = {"%"}
list-separator = {"، "}

## Dates

january = يناير
february = فبراير
march = مارس
april = أبريل
may = مايو
june = يونيو
july = يوليو
august = أغسطس
september = سبتمبر
october = أكتوبر
november = نوفمبر
december = ديسمبر

january-short = يناير
february-short = فبراير
march-short = مارس
april-short = أبريل
may-short = مايو
june-short = يونيو
july-short = يوليو
august-short = أغسطس
september-short = سبتمبر
october-short = أكتوبر
november-short = نوفمبر
december-short = ديسمبر

date-short = { $day } { $month }
date-short-with-year = { $day } { $month } { $year }
date-long = { $day } { $month }
date-long-with-year = { $day } { $month } { $year }
days-of-month = { $first }–{ $last } { $month }
days = { $first } – { $last }
month-of-year = { $month } { $year }
date-and-time = { $date }، { $time }

## Durations

under-a-minute = أقل من دقيقة
minutes = { $minutes } د
hours = { $hours } س
hours-and-minutes = { $hours } س { $minutes } د
days-count = { $days ->
    [zero] { $days } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
days-and-hours = { $days ->
    [zero] { $days } يوم و{ $hours } س
    [one] يوم و{ $hours } س
    [two] يومان و{ $hours } س
    [few] { $days } أيام و{ $hours } س
    [many] { $days } يومًا و{ $hours } س
   *[other] { $days } يوم و{ $hours } س
}

## States of components

operational = يعمل
under-maintenance = صيانة
degraded-performance = أداء منخفض
partial-outage = انقطاع جزئي
major-outage = انقطاع كبير

## States of incidents and maintenances

investigating = قيد التحقيق
identified = تم تحديد السبب
monitoring = قيد المراقبة
resolved = تم الحل
postmortem = تقرير العطل
scheduled = مجدولة
in-progress = جارية
verifying = قيد التحقق
completed = اكتملت

impact-minor = تأثير بسيط
impact-major = تأثير كبير
impact-critical = تأثير بالغ

## The headline

all-operational = جميع الأنظمة تعمل بشكل طبيعي
some-maintenance = صيانة جارية
some-degraded = انخفاض في أداء بعض الأنظمة
some-partial-outage = انقطاع جزئي
some-major-outage = انقطاع كبير
several-incidents = توجد عدة أعطال حالية
open-incident = { $state }: { $name }

tally = { $total ->
    [one] يعمل { $operational } من مكوّن واحد
    [two] يعمل { $operational } من مكوّنين
    [few] يعمل { $operational } من { $total } مكوّنات
    [many] يعمل { $operational } من { $total } مكوّنًا
   *[other] يعمل { $operational } من { $total } مكوّن
}
ongoing-now = مستمر
ongoing-for = المدة حتى الآن: { $duration } أو أكثر
open-incidents = { $count ->
    [zero] { $count } عطل حالي
    [one] عطل حالي واحد
    [two] عطلان حاليان
    [few] { $count } أعطال حالية
    [many] { $count } عطلًا حاليًا
   *[other] { $count } عطل حالي
}
last-known-state = آخر حالة معروفة
checked-when-loaded = جرى التحقق عند التحميل
checked-now = تم التحقق الآن
just-now = الآن
# Before the time up to which the page is known to be true.
cannot-refresh = يتعذّر التحديث. آخر حالة معروفة:
# Before an update that came while the page was open.
new = جديد:
# Components that share a line.
count-operational = { $count } تعمل
# Groups that share a line.
more-groups = { $count } أخرى، جميعها تعمل
last-change = آخر تغيير:
updated = آخر تحديث:
how-status-is-chosen = حالة هذه الصفحة هي حالة أكثر مكوّناتها تضررًا، وحالة الأعطال التي لا تذكر أي مكوّن. ولا تكون خضراء إلا إذا لم يكن هناك أي عطل أو صيانة جارية. من الأفضل إلى الأسوأ: يعمل، صيانة، أداء منخفض، انقطاع جزئي، انقطاع كبير.
how-headline-is-chosen = إذا كان هناك عطل حالي واحد فقط، فاسمه هو العنوان.
updates-delayed = تحديثات هذه الصفحة متأخرة. المعلومات المعروضة بتاريخ
updates-late = تحديثات هذه الصفحة متأخرة. قد لا تظهر الأعطال الأحدث.
uptime-formula = نسبة التشغيل = 1 − (انقطاع كبير + 0.3 × انقطاع جزئي) ÷ الوقت
how-uptime-is-calculated = كيف تُحسب نسبة التشغيل
uptime-rule = نسبة التشغيل هي جزء الوقت الذي عمل فيه المكوّن خلال آخر 90 يومًا أو منذ إضافته. يُحسب الأداء المنخفض والصيانة تشغيلًا. يُحسب الانقطاع الجزئي بنسبة 30% من الانقطاع. لا تُحسب الانقطاعات التي تقل عن دقيقة. تُقرّب الأرقام إلى الأدنى.

## Parts of a page

close = إغلاق
skip-to-content = انتقل إلى المحتوى
page = الصفحة
status-of = حالة { $name }
page-description = الحالة الحالية والأعطال ونسبة التشغيل لدى { $name }.
current-status = الحالة الحالية
history = السجل
uptime = نسبة التشغيل
announcement = إعلان
active-incidents = الأعطال الحالية
components = المكوّنات
scheduled-maintenance = الصيانة المجدولة
more-events = { $count } أخرى
past-incidents = الأعطال السابقة
incidents-and-maintenance = الأعطال والصيانة
no-incidents = لم تُسجّل أعطال
ongoing = مستمر:
started = بدأ
read-postmortem = قراءة تقرير العطل
earlier-updates = { $count ->
    [zero] { $count } تحديث سابق
    [one] تحديث سابق واحد
    [two] تحديثان سابقان
    [few] { $count } تحديثات سابقة
    [many] { $count } تحديثًا سابقًا
   *[other] { $count } تحديث سابق
}
days-ago = { $days ->
    [zero] قبل { $days } يوم
    [one] قبل يوم واحد
    [two] قبل يومين
    [few] قبل { $days } أيام
    [many] قبل { $days } يومًا
   *[other] قبل { $days } يوم
}
today = اليوم
days-shown = { $days ->
    [zero] { $days } يوم:
    [one] يوم واحد:
    [two] يومان:
    [few] { $days } أيام:
    [many] { $days } يومًا:
   *[other] { $days } يوم:
}
no-incident-days = لا أعطال ولا صيانة
days-with-incidents = { $days ->
    [zero] { $days } يوم فيه أعطال أو صيانة
    [one] يوم واحد فيه أعطال أو صيانة
    [two] يومان فيهما أعطال أو صيانة
    [few] { $days } أيام فيها أعطال أو صيانة
    [many] { $days } يومًا فيه أعطال أو صيانة
   *[other] { $days } يوم فيه أعطال أو صيانة
}
no-outage = بلا انقطاع
degraded-on-days = { $days ->
    [zero] أداء منخفض { $duration } في { $days } يوم
    [one] أداء منخفض { $duration } في يوم واحد
    [two] أداء منخفض { $duration } في يومين
    [few] أداء منخفض { $duration } في { $days } أيام
    [many] أداء منخفض { $duration } في { $days } يومًا
   *[other] أداء منخفض { $duration } في { $days } يوم
}
no-data = لا توجد بيانات
updates-of-component = تحديثات هذا المكوّن
watch = متابعة هذا المكوّن
watched-one = المكوّن الذي تتابعه يعمل
watched-all = المكوّنات التي تتابعها (#) تعمل كلها
watched-some = المكوّنات التي تتابعها:

## Subscribing

subscribe = اشتراك
feed-rss = موجز RSS
feed-atom = موجز Atom
feed-calendar = تقويم الصيانة
feed-json = الحالة بصيغة JSON

## Metrics

metrics = القياسات
last-day = آخر 24 ساعة
last-week = آخر 7 أيام
last-month = آخر 28 يومًا
average = المتوسط { $value }
lowest-and-highest = بين { $lowest } و{ $highest }

## History

history-of = سجل الأعطال
incident-count = { $count ->
    [0] لا أعطال
    [zero] لا أعطال
    [one] عطل واحد
    [two] عطلان
    [few] { $count } أعطال
    [many] { $count } عطلًا
   *[other] { $count } عطل
}
filter-by-component = التصفية حسب المكوّن
incidents-with = أعطال { $name } الأخيرة
all-components = كل المكوّنات
no-incidents-with = لا أعطال ولا صيانة حديثة. الأشهر أدناه تضم كل شيء.
earlier-months = كل الأشهر
history-description = الأعطال والصيانة لدى { $name } حسب الشهر.
month-description = الأعطال والصيانة لدى { $name } في { $month }.
no-incidents-in-month = لم تُسجّل أعطال في هذا الشهر.
no-incidents-yet = لم تُسجّل أعطال حتى الآن.
months = الأشهر
all-history = السجل الكامل

## Incident and maintenance

status = الحالة
affected-components = المكوّنات المتأثرة
start = البداية
end = النهاية
planned = المخطط
planned-end = النهاية المتوقعة
duration = المدة
updates = التحديثات
no-updates = لا توجد تحديثات بعد.
previous-incident = العطل السابق
next-incident = العطل التالي
add-to-calendar = إضافة إلى التقويم
incident-description = { $name }: الحالة والتحديثات والمكوّنات المتأثرة.
maintenance-description = { $name }: الموعد والتحديثات والمكوّنات المتأثرة.

## Uptime

uptime-description = نسبة تشغيل كل مكوّن لدى { $name } خلال آخر 90 و60 و30 يومًا.
component = المكوّن
last-days = { $days ->
    [zero] { $days } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
no-uptime = لا توجد بيانات عن نسبة التشغيل.

## Search

search = بحث
search-label = البحث في المكوّنات والأعطال
search-results = نتائج البحث عن «{ $query }»
search-count = { $count ->
    [0] لا توجد نتائج
    [zero] لا توجد نتائج
    [one] نتيجة واحدة
    [two] نتيجتان
    [few] { $count } نتائج
    [many] { $count } نتيجة
   *[other] { $count } نتيجة
}
search-left-out = { $count ->
    [zero] { $count } نتيجة أخرى لا تظهر. أضف كلمات لتضييق البحث.
    [one] نتيجة أخرى واحدة لا تظهر. أضف كلمات لتضييق البحث.
    [two] نتيجتان أخريان لا تظهران. أضف كلمات لتضييق البحث.
    [few] { $count } نتائج أخرى لا تظهر. أضف كلمات لتضييق البحث.
    [many] { $count } نتيجة أخرى لا تظهر. أضف كلمات لتضييق البحث.
   *[other] { $count } نتيجة أخرى لا تظهر. أضف كلمات لتضييق البحث.
}
search-hint = جرّب كلمات أخرى أو عد إلى الصفحة الرئيسية:

## The foot

language = اللغة
time-zone = المنطقة الزمنية: { $zone }
powered-by = يعمل بواسطة Pharos

## Pages that say why there is nothing else

unknown-host = صفحة الحالة غير موجودة
unknown-host-why = لا توجد صفحة حالة على { $host }. تحقّق من كتابة العنوان.
not-found = الصفحة غير موجودة
not-found-why = تحقّق من كتابة العنوان، أو انتقل إلى:
gone = تمت إزالة هذه الصفحة
gone-why = أزال المالك صفحة الحالة على { $host }.
unavailable = هذه الصفحة غير متاحة بعد
unavailable-why = لم تصل إلى هذه المنطقة بعد. يستغرق ذلك عادةً بضع ثوانٍ، ثم تُحمَّل الصفحة تلقائيًا.
try-again = إعادة المحاولة
loading = جارٍ التحميل؛ تُحدَّث هذه الصفحة تلقائيًا.

## Signing in and out

private = هذه الصفحة خاصة
private-password = أدخل كلمة المرور التي حصلت عليها.
private-ways = اختر طريقة تسجيل الدخول.
private-provider = سجّل الدخول بالحساب الذي مُنح حق الوصول.
private-no-password = لا يمكن فتحها إلا لمن مُنح حق الوصول بطريقة أخرى، ولا توجد كلمة مرور لإدخالها.
private-ask = إذا كنت بحاجة إلى الوصول، فتواصل مع الفريق المسؤول عن صفحة الحالة على { $host }.
password = كلمة المرور
shared-computer = هذا جهاز مشترك
shared-computer-why = تنتهي الجلسة عند إغلاق المتصفح.
sign-in = تسجيل الدخول
sign-in-with = تسجيل الدخول باستخدام { $name }
wrong-password = كلمة المرور غير صحيحة. تحقّق من حالة الأحرف والمسافات، ثم حاول مرة أخرى.
sign-in-busy = محاولات تسجيل الدخول كثيرة جدًا الآن. انتظر قليلًا، ثم حاول مرة أخرى.
sign-in-unavailable = خدمة تسجيل الدخول لا تستجيب حاليًا. حاول مرة أخرى بعد بضع دقائق.
email = عنوان البريد الإلكتروني
private-mail = أدخل عنوان بريدك الإلكتروني. إذا كان معروفًا هنا، فستصلك رسالة فيها رابط.
send-link = إرسال رابط
mailed = إذا كان هذا العنوان معروفًا هنا، فستصل رسالة قريبًا. افتح الرابط الذي فيها أو أدخل الرمز.
code = الرمز
wrong-code = هذا الرمز غير صالح أو لم يعد صالحًا. تحقق منه، أو ارجع واطلب رسالة جديدة.
wrong-address = هذا ليس عنوان بريد إلكتروني. تحقق منه ثم حاول مرة أخرى.
link-over = استُخدم هذا الرابط من قبل أو انتهت صلاحيته. اطلب رابطًا جديدًا.
link-why = اضغط الزر لتسجيل الدخول إلى صفحة الحالة هذه.
not-signed-in = تعذّر تسجيل الدخول. حاول مرة أخرى.
no-access = تم تسجيل الدخول، لكن هذا الحساب لا يملك حق الوصول إلى هذه الصفحة.
signed-out = تم تسجيل الخروج.
signed-in = تم تسجيل الدخول
signed-in-why = يمكنك أيضًا الاطلاع على المحتوى غير العام في صفحة الحالة هذه.
by-network = شبكتك لديها حق الوصول
by-network-why = بفضل عنوان شبكتك، يمكنك أيضًا الاطلاع على المحتوى غير العام في صفحة الحالة هذه.
signed-in-other = أنت على وشك المتابعة بصفة شخص آخر، وستنتهي جلستك الحالية هنا.
continue = متابعة
session-began = بداية الجلسة:
session-ends = نهاية الجلسة:
sign-out = تسجيل الخروج
sign-out-everywhere = تسجيل الخروج من كل مكان

## Earlier results, and the calendar of a component

search-earlier = البحث في الأشهر السابقة: { $month }
# Beginning with the day on which a week begins; 1 is Monday.
weekdays = س ح ن ث ر خ ج
week-begins-on = 6
