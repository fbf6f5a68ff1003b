"""What is said of a case as a whole, in English and in Chinese; part of `pathoflow.mvi.sentences`."""
# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)

from __future__ import annotations

from pathoflow.mvi.language import Text

CASE_TEXTS: dict[str, Text] = {
    "case.not_final": Text(
        "The review is not finished, so this is not a final grade.", "复核尚未完成，此非最终分级。"
    ),
    "absence.unconfirmed": Text(
        "No vessel is counted as invaded; that none is holds only after a reader has seen all "
        "candidates and says that the reading is complete.",
        "目前无血管计为受侵；须病理医师看完全部候选并确认阅片完成后，方可认为无血管受侵。",
    ),
    # --- several tumours ---
    "tumours.worst": Text(
        "Worst of {n} tumours ({grades}): {verdict}.",
        "取 {n} 个肿瘤中最高者（{grades}）：{verdict}。",
    ),
    "tumours.one": Text("{name} {verdict}", "{name} {verdict}"),
    "tumours.stray": Text("no tumour named {verdict}", "未注明肿瘤者 {verdict}"),
    "tumours.no_name": Text("No tumour named", "未注明肿瘤"),
    "tumours.of": Text("{name}: {reason}", "{name}：{reason}"),
    # --- no grade ---
    "refusal.not_gradable": Text(
        "No grade is given: {code} on slide {slide}. {message}",
        "不予分级：切片 {slide} 带有代码 {code}。{message}",
    ),
    "refusal.none_analysed": Text(
        "No grade is given: no slide of this case has been analysed.",
        "不予分级：本例没有已分析的切片。",
    ),
    "refusal.none_analysed_codes": Text(
        "No grade is given: no slide of this case could be analysed ({codes}).",
        "不予分级：本例切片均未能分析（{codes}）。",
    ),
    # --- what blocks signing ---
    "blocker.failed_slide": Text(
        "Slide {slide} failed ({codes}): run it again, or excuse it in writing.",
        "切片 {slide} 分析失败（{codes}）：请重新分析，或书面说明缘由后免除。",
    ),
    "blocker.missing_slide": Text(
        "Slide {slide} is expected and not analysed: analyse it, or excuse it in writing.",
        "切片 {slide} 在列但尚未分析：请分析，或书面说明缘由后免除。",
    ),
    "blocker.slide_changed": Text(
        "Slide {slide} is not the file that was analysed: run it again.",
        "切片 {slide} 的文件与所分析者不同：请重新分析。",
    ),
    "blocker.no_distance": Text(
        "Slide {slide} holds {n} vessels at an unknown distance, and the grade depends on it: state the site "
        "of the block, or measure.",
        "切片 {slide} 有 {n} 个血管距离不明，而分级取决于此：请注明蜡块取材部位，或测量距离。",
        one="Slide {slide} holds {n} vessel at an unknown distance, and the grade depends on it: state the "
        "site of the block, or measure.",
    ),
    "blocker.tumour_unconfirmed": Text(
        "The tumour outline of slide {slide} is not confirmed, and distances rest on it.",
        "切片 {slide} 的肿瘤轮廓尚未确认，而距离以其为准。",
    ),
    "blocker.no_tumour_named": Text(
        "Slide {slide} names no tumour, though the case has several: state which it was cut from.",
        "本例有多个肿瘤，而切片 {slide} 未注明属哪一个：请注明取自哪个肿瘤。",
    ),
    "blocker.unread": Text(
        "{n} candidates have no verdict.",
        "{n} 个候选尚无判读。",
        one="{n} candidate has no verdict.",
    ),
    "blocker.not_complete": Text(
        "No reader has said yet that all candidates are seen.", "尚无病理医师确认已看完全部候选。"
    ),
    # --- what must be known beside the grade ---
    "remark.location_by_hand": Text(
        "The reader's location of vessel {vessel} replaces the measured distance of {um}.",
        "血管 {vessel} 以病理医师所定部位为准，不采用测得的距离 {um}。",
    ),
    "remark.in_centre": Text(
        "Vessel {vessel} lies on a block of the tumour's centre and was not measured; it is counted as near. "
        "State its location if it lies inside the tumour.",
        "血管 {vessel} 位于肿瘤中央蜡块且未测量，按近癌旁计入；如位于肿瘤内，请注明部位。",
    ),
    "remark.far_block": Text(
        "Vessel {vessel} was measured {mm} mm from a tumour, though its block is stated as far; the "
        "measurement was used.",
        "血管 {vessel} 测得距肿瘤 {mm} mm，而其蜡块注明为远癌旁；以测量为准。",
    ),
    "remark.near_block": Text(
        "Vessel {vessel} was measured {mm} mm from the tumour, though its block is stated as near; the "
        "measurement was used.",
        "血管 {vessel} 测得距肿瘤 {mm} mm，而其蜡块注明为近癌旁；以测量为准。",
    ),
    "remark.piece_left_out": Text(
        "Piece {piece} of slide {slide} is left out: {reason}",
        "切片 {slide} 的组织块 {piece} 不计入：{reason}",
    ),
    "remark.piece_unknown": Text(
        "Pieces of slide {slide} are left out, but {n} of its vessels do not say on which piece they lie; "
        "they are not left out.",
        "切片 {slide} 有组织块不计入，但其 {n} 个血管未注明位于哪一块，仍按原判读处理。",
    ),
    "remark.excused": Text("Slide {slide} is left out: {reason}", "切片 {slide} 不计入：{reason}"),
    "remark.overruled": Text(
        "The remark that forbids grading slide {slide} was overruled: {reason}",
        "切片 {slide} 的“不予分级”提示已被推翻：{reason}",
    ),
    "remark.linked": Text(
        "{n} profiles are the same vessel as another and count with it.",
        "{n} 个血管断面与其他断面属同一血管，合并计数。",
        one="{n} profile is the same vessel as another and counts with it.",
    ),
    "remark.removed": Text(
        "{n} outlines of the machine were taken away by a reader.",
        "阅片者删除了机器给出的 {n} 个轮廓。",
        one="{n} outline of the machine was taken away by a reader.",
    ),
    # --- sampling ---
    "sampling.interface": Text(
        "{n} blocks of the border between tumour and liver are missing ({found} of 4 there){lost}.",
        "缺 {n} 个癌与癌旁交界处蜡块（应有 4 个，现有 {found} 个）{lost}。",
        one="{n} block of the border between tumour and liver is missing ({found} of 4 there){lost}.",
    ),
    "sampling.tumour_centre": Text(
        "A block of the tumour's centre is missing{lost}.", "缺肿瘤中央蜡块{lost}。"
    ),
    "sampling.near": Text(
        "A block of liver within 1 cm of the tumour is missing{lost}.",
        "缺近癌旁（≤1 cm）蜡块{lost}。",
    ),
    "sampling.far": Text(
        "A block of liver beyond 1 cm of the tumour is missing{lost}.",
        "缺远癌旁（>1 cm）蜡块{lost}。",
    ),
    "sampling.lost": Text("; {n} expected, not analysed", "；{n} 个在列但未分析"),
    "sampling.unplaced": Text(
        "{n} blocks state no site, and may be among them.",
        "{n} 个蜡块未注明部位，或在其中。",
        one="{n} block states no site, and may be among them.",
    ),
}
