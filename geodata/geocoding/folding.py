"""Texts as they are compared: full-width forms, capitals and traditional characters folded into one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Traditional characters that stand in addresses and place names, each before its simplified form.
_PAIRS = """
    雲云 東东 區区 縣县 鄉乡 鎮镇 號号 樓楼 層层 單单 戶户 門门 灣湾 嶺岭 開开 瀾澜 溝沟 廣广 場场 園园 莊庄 橋桥
    廠厂 車车 鐵铁 馬马 龍龙 鳳凤 鳥鸟 魚鱼 雞鸡 鴨鸭 鷗鸥 鶯莺 鶴鹤 鷺鹭 麗丽 陽阳 陰阴 陳陈 陸陆 際际 隊队 階阶
    隱隐 險险 雙双 離离 難难 電电 靈灵 霧雾 靜静 韓韩 韻韵 響响 頁页 頂顶 順顺 領领 頭头 顏颜 願愿 風风 飛飞 館馆
    饒饶 駱骆 騰腾 驛驿 驗验 齊齐 龜龟 國国 圖图 團团 圓圆 圍围 塊块 堅坚 壩坝 塢坞 壘垒 壟垄 壽寿 夢梦 奧奥 學学
    寶宝 實实 寧宁 將将 專专 對对 導导 島岛 崗岗 嶼屿 峽峡 歲岁 師师 帶带 幣币 幹干 幾几 庫库 廟庙 廬庐 廳厅 張张
    強强 彎弯 後后 從从 復复 徑径 恆恒 愛爱 慶庆 憶忆 應应 懷怀 戰战 戲戏 拋抛 揚扬 換换 擇择 據据 數数 時时 晉晋
    晝昼 曉晓 暉晖 曠旷 書书 會会 朧胧 條条 楊杨 極极 榮荣 樂乐 樹树 橫横 檔档 檢检 機机 權权 歐欧 歡欢 歷历 殘残
    氣气 漢汉 湯汤 溫温 滄沧 滅灭 滿满 漁渔 漲涨 潔洁 潤润 潛潜 澤泽 濟济 濱滨 瀋沈 瀏浏 瀘泸 灘滩 無无 煙烟 爐炉
    爾尔 牆墙 獅狮 獨独 獵猎 瑪玛 環环 瑤瑶 瓊琼 產产 畝亩 畢毕 畫画 當当 療疗 發发 盤盘 盧卢 眾众 礎础 礦矿 禮礼
    禪禅 種种 稱称 積积 穀谷 穩稳 窯窑 競竞 筆笔 節节 範范 築筑 簡简 籃篮 糧粮 紀纪 紅红 紋纹 納纳 純纯 紗纱 紙纸
    紡纺 細细 紹绍 終终 組组 結结 絲丝 統统 經经 綠绿 維维 網网 綢绸 綿绵 緯纬 練练 線线 編编 縱纵 總总 織织 繞绕
    繡绣 繼继 續续 羅罗 義义 習习 聖圣 聞闻 聯联 聲声 職职 聽听 腳脚 興兴 舉举 舊旧 艦舰 藝艺 華华 萬万 葉叶 蒼苍
    蓋盖 蓮莲 蔣蒋 蔭荫 薔蔷 藍蓝 藥药 蘆芦 蘇苏 蘭兰 處处 蝦虾 螢萤 蠶蚕 衛卫 裝装 裏里 裡里 褲裤 見见 視视 覽览
    觀观 許许 評评 試试 詩诗 話话 該该 詳详 誠诚 語语 誼谊 調调 請请 論论 諸诸 謀谋 謙谦 謝谢 證证 識识 譚谭 護护
    讀读 變变 豐丰 豬猪 貝贝 財财 貢贡 貨货 貴贵 買买 費费 貿贸 賀贺 資资 賓宾 賢贤 賣卖 質质 賴赖 購购 贊赞 贛赣
    趙赵 趕赶 躍跃 軌轨 軍军 軒轩 載载 輝辉 輪轮 轉转 轎轿 辦办 農农 連连 進进 週周 遊游 運运 過过 達达 遠远 適适
    遷迁 選选 還还 邊边 郵邮 鄒邹 鄧邓 鄭郑 醫医 釀酿 針针 釣钓 鈴铃 銀银 銅铜 銘铭 銳锐 錢钱 錦锦 錫锡 鋼钢 錄录
    鍋锅 鍾钟 鎖锁 鏡镜 鐘钟 鑄铸 長长 閃闪 閉闭 間间 閔闵 閣阁 閩闽 閱阅 闊阔 關关 業业 寬宽 審审 爺爷 備备 傑杰
    傘伞 傳传 傷伤 僑侨 億亿 優优 兒儿 內内 兩两 冊册 凍冻 準准 凱凯 別别 剛刚 創创 劉刘 劍剑 劇剧 勁劲 動动 務务
    勝胜 勞劳 勢势 勳勋 匯汇 協协 卻却 廁厕 參参 員员 問问 啟启 啓启 喬乔 嘯啸 嚴严 埡垭 執执 報报 塵尘 墊垫 墳坟
    墾垦 奪夺 妝妆 嫻娴 孫孙 宮宫 寫写 屆届 屬属 岡冈 峯峰 崑昆 崙仑 嵐岚 巒峦 巖岩 巔巅 鞏巩 帳帐 術术 縫缝 麥麦
    麵面 黃黄 黨党 點点 臺台 檯台 颱台 與与 鹽盐 棗枣 棧栈 桿杆 楓枫 槍枪 樁桩 樸朴 澗涧 濤涛 瀟潇 瀝沥 灑洒 燈灯
    燭烛 營营 燒烧 爛烂 硯砚 磚砖 碼码 確确 磯矶 硤硖 籬篱 紮扎 簾帘 綱纲 緞缎 緒绪 緣缘 緩缓 縉缙 羈羁 翹翘 艙舱
    蕭萧 薦荐 薩萨 藺蔺 虛虚 蘋苹 衝冲 沖冲 釋释 鑼锣 鐮镰 鑰钥 鋪铺 舖铺 鍛锻 鏈链 閘闸 闖闯 隴陇 霽霁 靄霭 鞦秋
    韋韦 頤颐 頌颂 須须 預预 頓顿 頻频 題题 額额 類类 顧顾 顯显 飯饭 飲饮 飼饲 飾饰 駐驻 駿骏 騎骑 驕骄 驢驴 髮发
    鬥斗 鬧闹 魯鲁 鮑鲍 鮮鲜 鯉鲤 鯨鲸 鰲鳌 鱗鳞 鴻鸿 鵝鹅 鵬鹏 鵲鹊 鷹鹰 鸞鸾 鹼碱 黌黉 鼇鳌 齋斋 齡龄 徵征
"""
SIMPLIFIED = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
TRADITIONAL = frozenset(map(chr, SIMPLIFIED))
_NUMERAL = re.compile("([一二三四五六七八九十百〇零]{1,5})(?=号)")
_DIGITS = {letter: n for n, letter in enumerate("〇一二三四五六七八九")} | {"零": 0}


def plain(text: str) -> str:
    """Give a text as it is compared.

    >>> plain("雲溪市濱江區知行路１２號"), plain("Zhixing RD"), plain("知行路十二号")
    ('云溪市滨江区知行路12号', 'zhixing rd', '知行路12号')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not TRADITIONAL.isdisjoint(folded):  # in most lists there is none, and looking is cheaper than replacing
        folded = folded.translate(SIMPLIFIED)
    return _NUMERAL.sub(lambda found: str(number(found[1])), folded) if "号" in folded else folded


def all_plain(texts: Sequence[str]) -> list[str]:
    """Give texts as they are compared, all of them at once."""
    whole = plain("\n".join(texts)).split("\n")
    return whole if len(whole) == len(texts) else [plain(text) for text in texts]


def number(numeral: str) -> int:
    """Read a Chinese numeral.

    >>> [number(one) for one in ("七", "十二", "二十", "一百零五", "三〇二")]
    [7, 12, 20, 105, 302]
    """
    if not set(numeral) & set("十百"):
        return int("".join(str(_DIGITS[letter]) for letter in numeral))
    total, digit = 0, 0
    for letter in numeral:
        if letter in "十百":
            total += (digit or (0 if total and letter == "百" else 1)) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[letter]
    return total + digit
