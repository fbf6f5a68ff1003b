"""What each key does, in words."""

from __future__ import annotations

from pathoflow.mvi.language import Text

KEY_TEXTS = {
    "key.next": Text("Next vessel", "下一个"),
    "key.previous": Text("Previous vessel", "上一个"),
    "key.next_unreviewed": Text("Next without verdict", "下一个未复核"),
    "key.previous_unreviewed": Text("Previous without verdict", "上一个未复核"),
    "key.next_slide": Text("Next slide", "下一张切片"),
    "key.previous_slide": Text("Previous slide", "上一张切片"),
    "key.gallery": Text("To the gallery", "转到图库"),
    "key.accept": Text("Invaded", "有侵犯"),
    "key.reject": Text("Not invaded", "无侵犯"),
    "key.uncertain": Text("Uncertain", "不确定"),
    "key.reason_1": Text("Red cells", "红细胞"),
    "key.reason_2": Text("Inflammation", "炎细胞"),
    "key.reason_3": Text("Retraction", "收缩裂隙"),
    "key.reason_4": Text("Artefact", "人为假象"),
    "key.reason_5": Text("Bile duct", "胆管"),
    "key.reason_6": Text("Sinusoid", "血窦"),
    "key.reason_7": Text("Other", "其他"),
    "key.undo": Text("Undo", "撤销"),
    "key.note": Text("Write a note", "备注"),
    "key.show": Text("Show in the slide", "在切片中显示"),
    "key.power_5": Text("5x", "5x"),
    "key.power_10": Text("10x", "10x"),
    "key.power_20": Text("20x", "20x"),
    "key.power_40": Text("40x", "40x"),
    "key.overview": Text("Whole slide", "全片"),
    "key.heat": Text("Heat map on or off", "热图 开/关"),
    "key.outlines": Text("Outlines on or off", "轮廓 开/关"),
    "key.tumour": Text("Tumour line on or off", "肿瘤边界 开/关"),
    "key.wide": Text("Gallery field 0.4 / 1.6 mm", "图库视野 0.4 / 1.6 mm"),
    "key.edit": Text("Edit outline", "修改轮廓"),
    "key.add": Text("Add vessel", "补充漏检血管"),
    "key.keep": Text("Keep", "保存"),
    "key.drop": Text("Discard", "放弃"),
    "key.measure": Text("Draw a line to measure", "画线测量"),
    "key.measure_tumour": Text("Measure vessel to tumour", "测量血管至肿瘤距离"),
    "key.confirm_tumour": Text("Tumour outline is right", "确认肿瘤轮廓"),
    "key.complete": Text("All seen, also unaided", "全部已阅（含独立查看）"),  # noqa: RUF001
    "key.sign": Text("Sign", "签发"),
    "key.help": Text("This sheet", "本页"),
    "help.title": Text("Keys", "快捷键"),
    "help.walk": Text("Walk", "浏览"),
    "help.verdict": Text("Verdict", "判定"),
    "help.look": Text("Look", "查看"),
    "help.work": Text("Edit, measure, sign", "修改、测量、签发"),
    "help.help": Text("Help", "帮助"),
    "help.remap": Text(
        'Other keys: write lines such as accept = "D" into {path}. Any key closes this sheet.',
        '更改快捷键：在 {path} 中写入如 accept = "D"。按任意键关闭本页。',  # noqa: RUF001
    ),
}
