"""Files as suppliers send them: their own languages, encodings and layouts."""

GERMAN = """Export aus der Beteiligungsdatenbank
Erstellt am 01.03.2024

Unternehmen;Land;Datum der Bekanntgabe;Betrag in Mio. EUR;Investoren;Finanzierungsrunde;Branche
Alpha GmbH;Deutschland;03.04.2023;12,5;Tencent, Hillhouse;Serie A;Künstliche Intelligenz, Robotik
Bäcker AG;Frankreich;14.05.2023;1.234,5;Sequoia China;Seed-Runde;Künstliche Intelligenz
Gamma SE;Schweiz;20.06.2023;k. A.;Baidu, Xiaomi, Foo GmbH & Co. KG;Serie B;FinTech
Delta GmbH;Österreich;21.06.2023;3,75;nicht bekannt;Serie C;Robotik
"""
FRENCH = """Société;Pays;Date d'annonce;Montant levé (en k€);Investisseurs;Tour;Secteur d'activité
Lumière;France;03/04/2023;105 000;Lightspeed; Série A;Intelligence artificielle
Owkin;France;25/05/2022;non communiqué;Sanofi;Série B;Santé
Exotec;France;10/01/2022;335 000,5;Goldman Sachs / Tencent;Série D;Robotique
"""
CONTINUED = """公司名称,融资时间,轮次,融资金额,投资方,行业,地区
商汤科技,2017年7月11日,B轮,4.1亿美元,鼎晖投资,人工智能,北京
,,,,赛领资本,,
,,,,IDG资本,,
寒武纪,2018-06-20,B轮,数亿美元,中国国有资本,人工智能,北京
,,,,国新资本,,
依图科技,2018.6.12,C+轮,,高成资本,人工智能,上海
某餐饮,2019.1.2,天使轮,未透露,投资方未知,餐饮,广东
云知声,2019.3.2,战略投资,数千万人民币,京东,人工智能,香港
"""
CHINESE = """融资事件统计表
单位：万元
公司,日期,轮次,金额,投资方
商汤科技,2017-07-11,B轮,280000,鼎晖投资、赛领资本、IDG资本
寒武纪,2018-06-20,B轮,未透露,中国国有资本，国新资本
某公司,2019-01-02,天使轮,300,未透露
合计,,,280300,
"""
WIDE = """Company\tCountry\tDate\tAmount (USD m)\tInvestor\tInvestor Country\tRound
Acme AI\tUK\t03/04/2024\t12.5\tTencent\tChina\tSeries A
Acme AI\tUK\t03/04/2024\t12.5\tIndex Ventures\tUnited Kingdom\tSeries A
Beta\tDE\t04/30/2024\t1,200\tBaidu\tCN\tSeed
"""
PIPED = """# supplier X
# confidential
Target Name|Target Nation|Announcement|Deal Value|Ccy|Acquiror|Acquiror Nation|Deal Status|Stake %
KUKA AG|Germany|18-May-2016|4500000|EUR|Midea|China|Closed|94.5
Aixtron|Germany|23-May-2016|670000|EUR|Fujian Grand Chip|China|Withdrawn|
Total||||||||
"""
AMBIGUOUS = """Deal ID,startup,country,date,amount,investors
a1,Foo,DE,03/04/2024,$5m,"Tencent, Alibaba"
a2,Bar,FR,09/06/2024,€3m,"Foo Capital, Inc."
a3,Baz,GB,01/02/2024,undisclosed,"Sequoia, Accel, Index"
"""
EXPLAINED = """公司名称,国家,日期,金额,投资方
Company,Country,Date,Amount (CNY),Investor
商汤,中国,2020-01-02,5000000,软银
旷视,中国,2020-02-03,7000000,阿里巴巴
"""
SPANISH = """Empresa;País;Fecha;Importe;Ronda;Inversor
Foo SL;España;2023-05-01;5.000.000 €;Series A;Tencent
Bar SA;Francia;2023-06-01;1.500.000 €;Seed;Baidu
"""
HEADLESS = """Foo,DE,2023-05-01,5000000,EUR,Tencent
Bar,FR,2023-06-01,1500000,EUR,Baidu
Baz,FR,2023-07-01,2500000,EUR,Baidu
"""
TYPED = """round uuid,company,type,announced at,raised,ccy,investor,categories
r-1,Foo,Series A - Foo,2020-01-02,5000000,USD,Tencent,"AI, SaaS"
r-1,Foo,Series A - Foo,2020-01-02,5000000,USD,Baidu,"AI, SaaS"
r-2,Bar,Debt Financing - Bar,2020-03-02,9000000,EUR,Alibaba,Retail
r-3,Baz,Post-IPO Equity - Baz,2020-04-02,7000000,EUR,Alibaba,"Robotics, AI"
"""
