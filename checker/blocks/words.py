"""What the rules that blocks expand into are called, and what they say, in every language."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model import Words

TITLES: Mapping[str, Words] = {
    "first": {
        "en": "The first period runs from its start for its length",
        "ru": "Первый период исчисляется от его начала",
        "zh": "首个有效期自起始日起计算",
    },
    "renewal": {
        "en": "A further period follows, unless what ends the agreement is shown",
        "ru": "Следует новый период, если не показано, что действие прекращается",
        "zh": "除非证明协定终止，否则续延下一有效期",
    },
    "end": {
        "en": "The agreement ends with the period whose end was given notice of",
        "ru": "Соглашение прекращается с окончанием периода, о котором сделано уведомление",
        "zh": "协定随已通知终止的有效期届满而终止",
    },
    "last-day": {
        "en": "The agreement ends when its period ends",
        "ru": "Соглашение прекращается с окончанием периода",
        "zh": "协定随有效期届满而终止",
    },
    "limit": {
        "en": "The last day for a notice is counted back from the end of the period",
        "ru": "Последний день для уведомления отсчитывается назад от окончания периода",
        "zh": "通知的最后期限自有效期届满日倒推计算",
    },
    "opens": {
        "en": "From which day a notice serves this end",
        "ru": "С какого дня уведомление относится к этому окончанию",
        "zh": "通知自何日起可适用于该届满日",
    },
    "window": {
        "en": "Between which days the notice for this act has to be given",
        "ru": "В какие сроки должно быть сделано уведомление для этого действия",
        "zh": "该行为所需通知应在何期间内发出",
    },
    "no-period": {
        "en": "No period ends on the day of this act, so no notice serves it",
        "ru": "В день этого действия не оканчивается ни один период, и никакое уведомление к нему не относится",
        "zh": "该行为之日无有效期届满，故无通知可适用",
    },
    "timely": {
        "en": "A notice with all its parts, given in time",
        "ru": "Уведомление, имеющее все элементы и сделанное в срок",
        "zh": "要件齐备且及时发出的通知",
    },
    "begun": {
        "en": "A stage that is started has begun",
        "ru": "Этап, к которому приступили, начат",
        "zh": "已启动的阶段即为已开始",
    },
}

ELEMENTS: Mapping[str, tuple[Words, Words]] = {  # title; what is said where it is not met
    "by": (
        {
            "en": "The notice comes from the party that acts",
            "ru": "Уведомление исходит от действующей Стороны",
            "zh": "通知由行为方发出",
        },
        {
            "en": "No notice listed comes from {party} as a party; the notice of an agency is not a party's.",
            "ru": "Среди указанных уведомлений нет исходящего от Стороны ({party}); "
            "уведомление ведомства его не заменяет.",
            "zh": "所列通知均非由缔约方（{party}）发出；主管机构的通知不能代替缔约方的通知。",
        },
    ),
    "to": (
        {
            "en": "The notice is addressed to the one it has to reach",
            "ru": "Уведомление адресовано надлежащему получателю",
            "zh": "通知以应受通知方为收件人",
        },
        {
            "en": "No notice listed is addressed to the one it has to reach.",
            "ru": "Среди указанных уведомлений нет адресованного надлежащему получателю.",
            "zh": "所列通知均未以应受通知方为收件人。",
        },
    ),
    "for": (
        {
            "en": "The notice speaks of the end of this period",
            "ru": "Уведомление относится к окончанию этого периода",
            "zh": "通知针对该有效期的届满",
        },
        {
            "en": "No notice listed speaks of the end of period {n}.",
            "ru": "Среди указанных уведомлений нет относящегося к окончанию периода {n}.",
            "zh": "所列通知均未针对第 {n} 个有效期的届满。",
        },
    ),
    "form": (
        {
            "en": "The notice has the form that is asked for",
            "ru": "Уведомление имеет требуемую форму",
            "zh": "通知具备所要求的形式",
        },
        {
            "en": "No notice listed has the form that is asked for.",
            "ru": "Среди указанных уведомлений нет имеющего требуемую форму.",
            "zh": "所列通知均不具备所要求的形式。",
        },
    ),
    "channel": (
        {
            "en": "The notice takes the channel that is asked for",
            "ru": "Уведомление направлено по требуемому каналу",
            "zh": "通知经由所要求的途径发出",
        },
        {
            "en": "No notice listed takes the channel that is asked for.",
            "ru": "Среди указанных уведомлений нет направленного по требуемому каналу.",
            "zh": "所列通知均未经由所要求的途径发出。",
        },
    ),
    "sent": (
        {
            "en": "The notice is sent before the act takes effect",
            "ru": "Уведомление отправлено до наступления последствий действия",
            "zh": "通知在行为生效前发出",
        },
        {
            "en": "No notice listed was sent by {day}.",
            "ru": "Среди указанных уведомлений нет отправленного по {day} включительно.",
            "zh": "所列通知均未在 {day} 或之前发出。",
        },
    ),
    "received": (
        {
            "en": "The notice is received before the act takes effect",
            "ru": "Уведомление получено до наступления последствий действия",
            "zh": "通知在行为生效前收到",
        },
        {
            "en": "No notice listed was received by {day}.",
            "ru": "Среди указанных уведомлений нет полученного по {day} включительно.",
            "zh": "所列通知均未在 {day} 或之前收到。",
        },
    ),
    "lead-time": (
        {
            "en": "The notice is given as long before as is asked for",
            "ru": "Уведомление сделано с требуемым упреждением",
            "zh": "通知符合提前期限的要求",
        },
        {
            "en": "No notice listed was given in time: the last day for it is {last}.",
            "ru": "Среди указанных уведомлений нет сделанного в срок: последний день — {last}.",
            "zh": "所列通知均未及时发出：最后期限为 {last}。",
        },
    ),
    "period-end": (
        {
            "en": "The act takes effect where a period ends",
            "ru": "Действие приурочено к окончанию периода",
            "zh": "行为在有效期届满时生效",
        },
        {
            "en": "No period ends on {day} or on the day before.",
            "ru": "Ни {day}, ни накануне не оканчивается ни один период.",
            "zh": "{day} 及其前一日均无有效期届满。",
        },
    ),
    "holds": (
        {
            "en": "Work is done from the stage on that holds it",
            "ru": "Работы проводятся не ранее этапа, к которому они отнесены",
            "zh": "各项工作不早于其所属阶段进行",
        },
        {
            "en": "{kind} is to take place on {day}, and the stage that holds it has not begun by then.",
            "ru": "Работа ({kind}) назначена на {day}, а этап, к которому она отнесена, к этому дню не начат.",
            "zh": "工作（{kind}）拟于 {day} 进行，而其所属阶段届时尚未开始。",
        },
    ),
}
