"""Pinyin of the characters the city's names are made of; each has one reading here."""

from __future__ import annotations

_TABLE = """
云 yun 溪 xi 外 wai 环 huan 路 lu 二 er 城 cheng 东 dong 南 nan 西 xi 北 bei 中 zhong 大 da 道 dao
滨 bin 江 jiang 湖 hu 街 jie 巷 xiang 里 li 弄 long 公 gong 高 gao 速 su 经 jing 纬 wei 一 yi 三 san
四 si 五 wu 六 liu 七 qi 八 ba 九 jiu 十 shi 镇 zhen 村 cun 湾 wan 坪 ping 冲 chong 坳 ao 院 yuan
寨 zhai 岭 ling 塘 tang 家 jia 区 qu 号 hao 园 yuan 苑 yuan 桥 qiao 铁 tie 知 zhi 明 ming 德 de 文 wen
景 jing 瑞 rui 锦 jin 翠 cui 清 qing 静 jing 康 kang 宁 ning 惠 hui 嘉 jia 崇 chong 敬 jing 修 xiu
弘 hong 怀 huai 润 run 澄 cheng 雅 ya 兰 lan 芝 zhi 竹 zhu 梅 mei 松 song 柏 bai 枫 feng 桐 tong 桂 gui
荷 he 菊 ju 望 wang 听 ting 映 ying 含 han 临 lin 紫 zi 青 qing 碧 bi 丹 dan 银 yin 玉 yu 星 xing 霞 xia
晴 qing 晓 xiao 和 he 信 xin 诚 cheng 勤 qin 思 si 立 li 启 qi 鸿 hong 行 xing 远 yuan 川 chuan 岚 lan
泉 quan 峰 feng 林 lin 田 tian 津 jin 渡 du 原 yuan 屏 ping 月 yue 光 guang 风 feng 烟 yan 波 bo 澜 lan
源 yuan 麓 lu 亭 ting 台 tai 舍 she 庭 ting 轩 xuan 榭 xie 圃 pu 畦 qi 禾 he 稼 jia 善 shan 智 zhi 礼 li
义 yi 仁 ren 恒 heng 谦 qian 朴 pu 真 zhen 育 yu 学 xue 书 shu 砚 yan 墨 mo 琴 qin 棋 qi 诗 shi 帆 fan
舟 zhou 桅 wei 汀 ting 渚 zhu 洲 zhou 涧 jian 瀑 pu 潭 tan 石 shi 磐 pan 岩 yan 崖 ya 谷 gu 壑 he 峡 xia
鹤 he 鹭 lu 燕 yan 鸥 ou 莺 ying 鹿 lu 駒 ju 辰 chen 晖 hui 曦 xi 霁 ji 露 lu 霜 shuang 打 da 染 ran
坊 fang 油 you 酒 jiu 米 mi 布 bu 盐 yan 茶 cha 糖 tang 豆 dou 腐 fu 铜 tong 锡 xi 箍 gu 桶 tong 篾 mie
器 qi 伞 san 扇 shan 绣 xiu 花 hua 裁 cai 缝 feng 皮 pi 纸 zhi 笔 bi 灯 deng 笼 long 炭 tan 柴 chai
鱼 yu 菜 cai 羊 yang 马 ma 牛 niu 鸡 ji 鸭 ya 磨 mo 碾 nian 瓷 ci 瓦 wa 窑 yao 砖 zhuan 木 mu 匠 jiang
梳 shu 针 zhen 线 xian 棉 mian 丝 si 绸 chou 帽 mao 靴 xue 鞋 xie 药 yao 香 xiang 烛 zhu 钟 zhong
表 biao 锁 suo 秤 cheng 斗 dou 船 chuan 井 jing 门 men 市 shi 仓 cang 驿 yi 店 dian 铺 pu 老 lao 新 xin
上 shang 下 xia 前 qian 后 hou 小 xiao 王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao
吴 wu 周 zhou 徐 xu 孙 sun 朱 zhu 胡 hu 郭 guo 何 he 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang
许 xu 邓 deng 韩 han 冯 feng 曹 cao 彭 peng 曾 zeng 肖 xiao 董 dong 袁 yuan 潘 pan 蒋 jiang 蔡 cai 余 yu
杜 du 叶 ye 程 cheng 魏 wei 苏 su 吕 lü 丁 ding 任 ren 姚 yao 卢 lu 钱 qian 龙 long 万 wan 段 duan
雷 lei 汤 tang 尹 yin 黎 li 易 yi 武 wu 柳 liu 杏 xing 槐 huai 楠 nan 柿 shi 樟 zhang 埠 bu 垭 ya
垄 long 滩 tan 口 kou 山 shan 水 shui 河 he 开 kai 沃 wo 平 ping 安 an 站 zhan 支 zhi 营 ying 业 ye
部 bu
"""
_WORDS = _TABLE.split()
SYLLABLES: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def pinyin(text: str) -> str:
    """Write Chinese characters as one capitalised word of pinyin without tone marks.

    Raises
    ------
    KeyError
        For a character whose reading the table does not know.

    Examples
    --------
    >>> pinyin("知行")
    'Zhixing'
    >>> pinyin("西安")
    "Xi'an"
    """
    word = ""
    for character in text:
        syllable = SYLLABLES[character]
        # An apostrophe marks a syllable that begins with a vowel inside a word.
        word += ("'" if word and syllable[0] in "aeo" else "") + syllable
    return word.capitalize()
