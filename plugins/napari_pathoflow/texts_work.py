"""Words of editing, measuring, running and teaching."""
# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)

from __future__ import annotations

from pathoflow.mvi.language import Text

WORK_TEXTS = {
    # --- edit ---
    "edit.now.nothing": Text("Nothing is being edited.", "当前未在修改。"),
    "edit.now.vessel": Text(
        "Editing this vessel: paint with 2, erase with 1, then keep.",
        "正在修改该血管：按 2 涂画，按 1 擦除，然后保存。",
    ),
    "edit.now.add": Text(
        "Draw the missed vessel, close it with Enter, then keep.",
        "勾画漏检血管，按回车键闭合，然后保存。",
    ),
    "edit.now.split": Text(
        "Draw a line across the vessel, then keep.", "在血管上画一条分割线，然后保存。"
    ),
    "edit.now.tumour": Text(
        "Editing the tumour: paint with 2, erase with 1, then keep; distances follow.",
        "正在修改肿瘤：按 2 涂画，按 1 擦除，然后保存；距离随之更新。",
    ),
    "edit.now.labels": Text(
        "Draw outlines to learn from, then keep them in Outline.",
        "勾画训练用轮廓，然后在“勾画”页保存。",
    ),
    "edit.now.measure": Text("Draw a straight line.", "画一条直线。"),
    "edit.vessel": Text("Vessels", "血管"),
    "edit.mark": Text("Mark for merge or link", "标记（用于合并或链接）"),
    "edit.merge": Text("Merge with marked", "与标记者合并"),
    "edit.split": Text("Split in two", "一分为二"),
    "edit.remove": Text("Delete", "删除"),
    "edit.tumour": Text("Tumour", "肿瘤"),
    "edit.tumour.begin": Text("Edit tumour outline", "修改肿瘤轮廓"),
    "edit.end": Text("Finish", "结束"),
    "edit.hint": Text(
        "Every step is kept at once and can be undone, also after a restart, until the case is signed.",
        "每一步即时保存，可撤销（重启后亦可），直至签发。",
    ),
    "said.marked": Text("Marked: {vessel}", "已标记：{vessel}"),
    "said.nothing_marked": Text("Mark a vessel first.", "请先标记血管。"),
    "switch.heat": Text("heat map", "热图"),
    "switch.outlines": Text("outlines", "轮廓"),
    "switch.tumour": Text("tumour line", "肿瘤边界"),
    # --- measure ---
    "measure.hint": Text(
        "Lengths are in the plane of the section, unshrunk.", "长度为切片平面内测得，未作收缩校正。"
    ),
    "measure.use": Text("Use line as distance of this vessel", "以该线为此血管的距离"),
    "measure.keep": Text("Keep the line", "保存该线段"),
    "measure.kept": Text("Measured", "测量结果"),
    "measure.line": Text("line: {um} µm", "线段：{um} µm"),
    "measure.vessel": Text("{vessel} to tumour: {um} µm", "{vessel} 至肿瘤：{um} µm"),
    "measure.none": Text("Nothing yet.", "暂无。"),
    # --- jobs ---
    "job.start": Text("Start", "开始"),
    "job.stop": Text("Stop", "停止"),
    "job.done": Text("Finished.", "完成。"),
    "job.failed": Text(
        "Ended with an error (code {code}); the lines above say why.",
        "出错结束（代码 {code}）；原因见上。",
    ),
    "job.stopped": Text(
        "Stopped; start again to go on from here.", "已停止；再次开始即从此处继续。"
    ),
    "run.hint": Text(
        "Runs beside the viewer, so a review can go on meanwhile.", "在后台运行，期间可继续复核。"
    ),
    "run.slides": Text("A slide, or a folder of slides", "切片文件或文件夹"),
    "run.out": Text("Folder for results", "结果文件夹"),
    "run.cases": Text("cases.csv (optional)", "cases.csv（可选）"),
    "run.network": Text("Folder of your own network (optional)", "自有网络的文件夹（可选）"),
    # --- teach ---
    "annotate.hint": Text(
        "Draw regions in which every vessel is outlined, and the vessels. Ten regions are a beginning.",
        "先勾画“区域”，再勾画其中全部血管。十个区域即可开始。",
    ),
    "annotate.begin": Text("Begin to draw", "开始勾画"),
    "annotate.keep": Text("Keep as labels", "保存为标注"),
    "annotate.kept": Text("{path} holds {n} outlines.", "{path} 现有 {n} 个轮廓。"),
    "label.vessel": Text("Vessel", "血管"),
    "label.region": Text("Region, all vessels in it outlined", "区域（其中血管均已勾画）"),
    "label.ignore": Text("Ignore", "忽略"),
    "train.hint": Text(
        "Learns from the outlines kept in Outline, on at least two slides; beside the viewer.",
        "以“勾画”页保存的轮廓训练（至少两张切片）；在后台运行。",
    ),
    "train.folder": Text("Folder of labels", "标注文件夹"),
    "train.name": Text("Name of the network", "网络名称"),
    "train.steps": Text("Steps", "步数"),
    "train.known": Text("{n} outlines on {slides} slides.", "{slides} 张切片上有 {n} 个轮廓。"),
    "suggest.hint": Text(
        "Which patches to outline next. This needs a network of your own and its labels; "
        "a file of suggested patches (GeoJSON) can be read here.",
        "建议下一步勾画的区域。需要自有网络及其标注；可在此读取建议区域文件（GeoJSON）。",
    ),
    "suggest.open": Text("Open a file of suggestions", "打开建议文件"),
    # --- explanation ---
    "explanation.none": Text(
        "No explanation is available for this vessel: none of the networks gives one.",
        "该血管暂无依据图：所用网络未提供。",
    ),
    "explanation.ready": Text("A map of what the score rests on.", "显示分数所依据的区域。"),
    "explanation.show": Text("Show it in the slide", "在切片中显示"),
}
