import type { en } from './en.ts';

/** The lab's texts in Korean. Sentences are built so that no particle depends on a filled-in value. */
export const ko: Readonly<Record<keyof typeof en, string>> = {
  'place.table1': '표 1',
  'place.table5': '표 5',
  'place.table6': '표 6',
  'place.table7': '표 7',
  'place.fig3': '그림 3',
  'place.fig4': '그림 4',
  'place.benefits': '4.2절',
  'place.ranktofull': '4.1절',
  'place.onebatch': '4.2절',
  'question.table1': '어댑터를 쓰면 답이 느려질까요?',
  'question.table5': '가중치 수가 같다면 어느 행렬이 좋을까요?',
  'question.table6': '랭크는 얼마면 충분할까요?',
  'question.table7': '어댑터는 무엇을 키울까요?',
  'question.fig3': '낮은 랭크와 높은 랭크는 같은 방향을 찾을까요?',
  'question.fig4': '시드가 달라도 같은 방향을 찾을까요?',
  'question.benefits': '전체 학습에 비해 무엇을 아낄까요?',
  'question.ranktofull': '랭크를 끝까지 올리면 전체 학습과 같아질까요?',
  'question.onebatch': '한 배치로 여러 작업을 처리할 수 있을까요?',

  'explain.table1.1':
    '어댑터 층은 블록마다 끼워 넣는 작은 신경망입니다. 나머지와 차례로 실행되므로 답할 때마다 기다려야 합니다. LoRA의 B · A는 W에 한 번 더해 두면 더 기다릴 것이 없습니다.',
  'explain.table1.2':
    '기본 모델, 합친 LoRA, W 곁의 LoRA, Adapter-L, Adapter-H를 이 모델에서 실제로 번갈아 실행합니다. 컴퓨터가 느려지면 모두 같이 느려집니다. 한 번의 실행은 모든 토큰을 읽고 다음 토큰의 점수를 냅니다.',
  'explain.table5.1':
    '어댑터는 어텐션의 쿼리, 키, 값, 출력 행렬 곁에 둘 수 있습니다. 학습하는 가중치 수가 같다면 한 행렬에 높은 랭크를 주는 것이 나을까요, 여러 행렬에 낮은 랭크를 나누는 것이 나을까요?',
  'explain.table5.2':
    '각 조합은 쿼리 행렬의 랭크 {rank}일 때와 가중치 수가 같거나 가장 가까운 랭크를 받습니다. 행, 단계, 순서는 모두 같습니다.',
  'explain.table6.1':
    '랭크는 어댑터가 행렬을 몇 가지 방향으로 바꿀 수 있는지를 정합니다. 낮은 랭크가 높은 랭크만큼 잘한다면 작업에 필요한 것은 몇 방향 안에 있습니다.',
  'explain.table6.2':
    '칸마다 따로 학습한 어댑터이며, 같은 행과 같은 단계로 학습하고 보지 않은 행으로 측정합니다. 손실은 낮을수록 좋습니다. 가장 좋은 랭크가 기본 모델의 손실을 낮춘 만큼의 10분의 1 안으로 따라오면 충분하다고 합니다.',
  'explain.seeds':
    '차이의 95 % 구간(같은 시드끼리 짝지은 스튜던트 t)에 0이 들지 않아야 뚜렷하다고 말하며, 여럿 가운데 가장 좋은 것을 골랐다면 구간을 그만큼 넓힙니다. 그러려면 시드가 셋 이상 필요하고, 하나나 둘이면 문장은 짐작일 뿐입니다. 같은 행에서 시드를 바꿀 때의 이야기이므로 다른 행에서는 다를 수 있습니다.',
  'explain.table7.1':
    'U와 V는 ΔW = (α ÷ r) · B · A의 가장 강한 방향입니다. ‖U′WV′‖는 W가 그 방향에 이미 얼마나 담고 있는지를 말합니다. 논문에서는 W 자신의 강한 방향보다 작고 무작위 방향보다 컸습니다.',
  'explain.table7.2':
    '배율 ‖ΔW‖ ÷ ‖U′WV′‖는 있었지만 약하던 것을 어댑터가 얼마나 키우는지를 말합니다. U′는 U의 전치이고, 노름은 프로베니우스 노름입니다.',
  'explain.table7.3':
    '어댑터 하나의 결과이며, 시드가 다르면 달라질 수 있습니다. 기본 모델의 손실을 1 % 이상 낮추지 못했거나 더하는 것이 ‖W‖의 만분의 1보다 작으면 결론을 내리지 않습니다.',
  'explain.fig3.1':
    'φ(i, j)는 한 어댑터 A의 처음 i개 방향과 다른 어댑터의 처음 j개 방향을 비교합니다. 작은 쪽이 큰 쪽에 모두 들어 있으면 1, 우연이라면 약 max(i, j) ÷ k입니다.',
  'explain.fig3.2':
    '두 어댑터는 서로 다른 난수에서 시작합니다. 같은 난수라면 낮은 랭크의 A가 높은 랭크의 일부로 시작해, 배운 것 없이도 닮아 보입니다.',
  'explain.fig3.3':
    '논문은 A를 비교합니다. 짧은 학습은 A를 무작위 출발점에서 조금만 옮기므로, 어댑터가 실제로 하는 일인 B · A의 방향도 함께 보입니다. 문장은 둘 가운데 더 겹치는 쪽을 따릅니다.',
  'explain.fig4.1':
    '같은 행, 같은 랭크로 시드만 다르게 학습한 두 어댑터입니다. 둘 다 찾은 방향은 둘의 공통점인 기본 모델과 행, 작업에서 온 것입니다. 같은 모양의 무작위 행렬 둘을 곁에 둡니다.',
  'explain.fig4.2':
    'φ(i, j)는 한쪽의 처음 i개 방향과 다른 쪽의 처음 j개 방향을 비교합니다. 0이면 겹치지 않고 1이면 모두 겹칩니다.',
  'explain.figure':
    '한 번씩 학습한 이 두 어댑터의 결과이며, 시드가 다르면 더 겹치거나 덜 겹칠 수 있습니다. 둘 중 하나라도 기본 모델의 손실을 1 % 이상 낮추지 못했다면 결론을 내리지 않습니다.',
  'explain.benefits.1':
    'A와 B만 학습하고 저장합니다. 그래서 옵티마이저가 모멘트 둘과 기울기를 적은 수에 대해서만 지니고, 파일이 작으며, 다른 작업은 다른 A와 B일 뿐입니다.',
  'explain.benefits.2':
    '두 학습 모두 이 모델에서 같은 행으로 LoRA부터 한 번씩 실제 실행했습니다. 시간과 메모리의 10분의 1보다 작은 차이는 세지 않습니다. 메모리는 대화용 기본 모델까지 든 프로세스 전체의 최댓값이며, 옵티마이저가 지니는 양은 학습 가중치마다 12바이트로 계산한 값입니다.',
  'explain.ranktofull.1':
    'r이 행렬만큼 커지면 B · A는 W의 어떤 변화든 될 수 있으므로, LoRA는 전체 학습에 이르러야 합니다. 어텐션과 MLP의 모든 행렬에 어댑터를 둡니다.',
  'explain.ranktofull.2':
    '전체 학습은 임베딩과 정규화까지 움직이며 더 낮은 학습률을 원합니다. 같은 학습률과 10분의 1로 학습해 나은 쪽을 씁니다.',
  'explain.onebatch.1':
    '논문은 B · A를 W에 합치면 서로 다른 작업의 입력을 한 배치에 담기 어렵다는 것을 한계로 듭니다. W 곁에 두면 행마다 자기 어댑터를 고를 수 있습니다.',
  'explain.onebatch.2':
    '행마다 어댑터가 다른 한 배치, 같은 행에 어댑터 하나, 어댑터마다 합치고 실행하고 빼기를 번갈아 측정합니다. 어댑터는 난수로 채웠으며, 학습한 것과 걸리는 시간이 같습니다.',

  'verdict.holds': '여기서도 성립합니다: ',
  'verdict.partly': '일부만 성립합니다: ',
  'verdict.not': '여기서는 성립하지 않습니다: ',
  'verdict.holds.fewSeeds': '여기서도 성립하는 듯합니다: ',
  'verdict.partly.fewSeeds': '일부만 성립하는 듯합니다: ',
  'verdict.not.fewSeeds': '여기서는 성립하지 않는 듯합니다: ',
  'verdict.unclear': '여기서는 알 수 없습니다: ',
  'because.oneSeed':
    '시드가 하나라서 이 차이 가운데 얼마가 우연인지는 알 수 없습니다. 시드를 {fewest}개 이상으로 실행하세요.',
  'because.twoSeeds':
    '시드 둘로는 이 차이 가운데 얼마가 우연인지 알기에 부족합니다. 시드를 {fewest}개 이상으로 실행하세요.',
  'short.oneSeed': '{short}, 시드 하나',
  'short.twoSeeds': '{short}, 시드 둘',
  'verdict.open': '아직 측정한 것이 부족합니다.',
  'verdict.open.table5':
    '비교할 것이 없습니다. 행렬 하나인 조합과 여럿인 조합이 모두 있어야 합니다. 실험실의 실험 설정에서 고르세요.',
  'verdict.open.table6':
    '비교할 것이 없습니다. 랭크 두 개와 행렬 조합 두 개는 있어야 합니다. 실험실의 실험 설정에서 고르세요.',
  'short.open': '비교할 것 없음',
  'reading.unlearned': '어느 학습도 기본 모델의 손실을 뚜렷이 낮추지 못했습니다. 단계를 늘리거나 학습률을 바꾸세요.',
  'because.unlearned': '기본 모델의 손실은 {base}, 가장 낮은 손실은 {lowest}입니다.',
  'short.unlearned': '배운 것이 없음',
  'reading.unlearned.adapter':
    '배우지 못한 어댑터가 있습니다. 손실이 기본 모델보다 뚜렷이 낮지 않아 두 어댑터의 방향에서 결론을 내릴 수 없습니다. 단계를 늘리거나 학습률을 바꾸세요.',
  'reading.unlearned.one':
    '어댑터가 배우지 못했습니다. 손실이 기본 모델보다 뚜렷이 낮지 않아 그 방향에서 결론을 내릴 수 없습니다. 단계를 늘리거나 학습률을 바꾸세요.',
  'because.unlearned.adapter': '{name}: 손실 {loss}, 기본 모델 {base}.',
  'reading.unlearned.nothing':
    '어댑터가 W에 더하는 것이 거의 없어 그 방향에는 의미가 없습니다. 무언가 배운 어댑터로 살펴보세요.',
  'because.unlearned.nothing': '랭크 {rank}, 행렬 {n}개에서 ‖ΔW‖ 중앙값은 ‖W‖의 {share}배입니다.',
  'short.unclear': '들쭉날쭉해 구별 안 됨',
  'short.rounds.few': '측정이 적어 구별 안 됨',
  'reading.rounds.few': '시간을 얼마나 믿을 수 있는지는 6차례부터 알 수 있습니다. 적어도 여섯 번 측정하세요.',
  'rounds.interval': '95 % 구간',
  'rounds.few': '구간은 6차례부터 나옵니다',

  'reading.table1.holds': '합친 LoRA는 3 % 이내로 기본 모델만큼 빠르고, 어댑터 층은 더 느립니다.',
  'reading.table1.partly':
    '합친 LoRA는 3 % 이내로 기본 모델만큼 빠르지만, 두 어댑터 층이 모두 뚜렷이 느리지는 않습니다.',
  'reading.table1.unclear':
    '실행 시간이 너무 들쭉날쭉하거나 측정이 적어 구별할 수 없습니다. 컴퓨터가 한가할 때 다시 실행하세요.',
  'reading.table1.not': '합친 LoRA가 기본 모델보다 느립니다.',
  'because.table1':
    '가장 작은 배치 {rows}, 길이 {tokens}에서 같은 차례의 기본 모델에 비교해 합친 LoRA {merged}, W 곁의 LoRA {unmerged}, Adapter-L {l}, Adapter-H {h}({interval}).',
  'short.table1': '합침 {merged}, H {h}',

  'reading.table5.holds': '낮은 랭크의 여러 행렬이 높은 랭크의 어느 한 행렬보다도 낫습니다.',
  'reading.table5.not': '한 행렬이 여러 행렬의 어느 조합보다도 낫습니다.',
  'reading.table5.unclear':
    '여러 행렬이 어느 한 행렬보다도 나은지 결론이 나지 않았습니다. 시드를 늘리면 결론이 날 수도 있습니다.',
  'because.table5':
    '가장 좋은 조합: {several}, 평균 손실 {severalLoss}. 가장 좋은 한 행렬: {single}, 평균 손실 {singleLoss}. 예산의 차이는 최대 {budget}. 시드 {seeds}개, 손실을 잰 행 {rows}개.',
  'because.table5.interval':
    '{best}에서 가장 구별하기 어려운 상대 {rival}: 손실 차이 {difference}, 구간 {low}부터 {high}까지.',
  'short.table5': '최선: {best}',
  'short.table5.unclear': '뚜렷한 최선 없음',

  'reading.table6.holds': '랭크보다 어느 행렬에 두는지가 중요하며, 낮은 랭크로 충분합니다.',
  'reading.table6.partly': '낮은 랭크로 충분하지만, 행렬의 선택이 랭크보다 중요한지는 뚜렷하지 않습니다.',
  'reading.table6.not': '더 높은 랭크가 가장 낮은 랭크보다 뚜렷이 낫습니다.',
  'reading.table6.unclear': '낮은 랭크로 충분한지 말할 만큼 랭크들을 구별할 수 없습니다.',
  'because.table6':
    '{set}에서 랭크 {bestRank} 어댑터는 손실을 {base}에서 {bestLoss}까지 줄이는데, 랭크 {low} 어댑터만으로 그 감소의 {share} 정도를 얻습니다. 랭크 {low}에서 두 조합 {first}, {set} 사이의 차이는 {gain}, {set}에서 한 시드 안의 가장 좋은 랭크와 가장 나쁜 랭크의 차이는 평균 {range}입니다. 시드 {seeds}개, 손실을 잰 행 {rows}개.',
  'because.table6.lowest':
    '{set}에서는 랭크 {low} 어댑터의 평균 손실이 가장 낮습니다({base}에서 {bestLoss}까지). 랭크 {low}에서 두 조합 {first}, {set} 사이의 차이는 {gain}, {set}에서 한 시드 안의 가장 좋은 랭크와 가장 나쁜 랭크의 차이는 평균 {range}입니다. 시드 {seeds}개, 손실을 잰 행 {rows}개.',
  'short.table6': '랭크 {low}: {share}',

  'reading.table7.holds': '어댑터는 W가 지녔지만 강조하지 않은 방향에서 일하고, 그것을 키웁니다.',
  'reading.table7.partly': '어댑터는 W의 방향에서 일하지만, 더하는 것이 그 방향에 있던 것의 두 배에 못 미칩니다.',
  'reading.table7.not': 'W가 어댑터의 방향에 담은 것은 무작위 방향에 담은 것의 1.5배에 못 미칩니다.',
  'reading.table7.own': '어댑터가 W 자신의 강한 방향에서 일합니다.',
  'reading.table7.unclear':
    '행렬마다 차이가 크거나 행렬이 적어, W가 어댑터의 방향에 무작위 방향의 1.5배를 담고 있는지 말할 수 없습니다.',
  'because.table7':
    '어댑터 하나의 랭크 {rank}, 행렬 {n}개의 중앙값: W가 어댑터의 방향에 담은 것 {byDelta}, 무작위 방향 {byRandom}, 자기 방향 {byWeight}. 배율 {factor}. 행렬마다 비교하면 무작위 방향의 {ratio}배입니다(기하평균, 구간 {low}부터 {high}까지).',
  'short.table7': 'r {rank}에서 ×{factor}',

  'reading.fig3.holds': '이 두 랭크는 첫 방향의 절반 이상이 겹치며, 우연보다 훨씬 더 겹칩니다.',
  'reading.fig3.partly': '이 두 랭크는 우연보다 더 겹치지만, 첫 방향은 절반도 겹치지 않습니다.',
  'reading.fig3.not': '이 두 랭크가 겹치는 정도는 우연과 구별되지 않습니다.',
  'reading.fig4.holds': '이 두 시드는 공통된 방향을 찾으며, 무작위 행렬에는 그런 방향이 없습니다.',
  'reading.fig4.partly': '이 두 시드는 우연보다 더 겹치지만 조금뿐입니다.',
  'reading.fig4.not': '이 두 시드가 겹치는 정도는 우연과 구별되지 않습니다.',
  'reading.figure.unclear': '행렬마다 차이가 커서 겹치는 정도를 우연과 구별할 수 없습니다.',
  'because.figure':
    '어댑터 한 쌍, 행렬 {n}개, 두 종류와 모든 층의 중앙값. φ(1, 1): A {a}, B · A {ba}, 우연 {chance}. φ({i}, {j}): A {aMore}, B · A {baMore}, 무작위 행렬 {randomMore}.',
  'short.figure': 'φ {ba}, 우연 {chance}',

  'reading.benefits.holds': '파일이 훨씬 작고, 메모리가 덜 들며, 단계가 빠릅니다.',
  'reading.benefits.partly': '파일, 메모리, 시간을 모두 아끼지는 못합니다. 아래의 수를 보세요.',
  'reading.benefits.not': '파일도 메모리도 시간도 이렇다 할 만큼 아끼지 못합니다.',
  'because.benefits':
    '전체 학습에 비교해 학습하는 가중치는 모델의 {share}, 파일은 {ratio}분의 1, 한 단계의 시간은 {speed}, 최대 메모리는 {memory}입니다. 작업 전환에는 {switch} 걸립니다. 같은 단계 뒤의 손실은 LoRA {lora}, 전체 가중치 {full}, 기본 모델 {base}입니다.',
  'short.benefits': '파일 1/{ratio}, 단계 {speed}',

  'reading.ranktofull.holds': '시도한 가장 높은 랭크인 {rank}에서 LoRA가 전체 학습의 손실에 이릅니다.',
  'reading.ranktofull.partly': '랭크가 오를수록 전체 학습에 가까워지지만, 이 단계 수로는 이르지 못합니다.',
  'reading.ranktofull.not': '이 단계 수에서는 랭크를 올려도 전체 학습에 가까워지지 않습니다.',
  'reading.ranktofull.unclear': '손실이 서로 가까워 LoRA가 전체 학습에 이르렀는지 말할 수 없습니다.',
  'reading.ranktofull.unlearned':
    '전체 학습이 두 학습률 어느 쪽에서도 기본 모델의 손실을 뚜렷이 낮추지 못해, 이르러야 할 목표가 없습니다.',
  'because.ranktofull':
    '손실: 랭크 {lowRank} {low}, 랭크 {highRank} {high}(최대 랭크 {hidden}), 전체 학습 {full}(두 학습률 가운데 나은 {rate}), 기본 모델 {base}. 시드 {seeds}개.',
  'short.ranktofull': '{high}, 전체 {full}',

  'reading.onebatch.holds': '여러 작업의 배치가 한 작업의 배치 속도의 5분의 4 이상을 냅니다.',
  'reading.onebatch.partly': '섞인 배치는 한 작업의 배치 속도의 5분의 4에 못 미치지만, 합치고 바꾸는 것보다 빠릅니다.',
  'reading.onebatch.unclear':
    '차례마다 차이가 크거나 측정이 적어 배치들을 구별할 수 없습니다. 컴퓨터가 한가할 때 다시 실행하세요.',
  'reading.onebatch.not': '합치고 바꾸는 쪽이 섞인 배치보다 빠릅니다.',
  'because.onebatch':
    '행 {rows}개, 어댑터 {adapters}개, {trials}차례. 같은 차례에서 섞인 배치의 시간은 어댑터 하나의 {toSingle}, 합치고 바꾸기의 {toSwap}입니다({interval}). 가장 빠른 4분의 1의 초당 토큰: 섞음 {mixed}, 하나 {single}, 합치고 바꿈 {swap}.',
  'short.onebatch': '섞음은 하나의 {ratio}',

  'table.loss': '보지 않은 행의 손실',
  'table.loss.note': '정답 토큰당 나트, 시드 {seeds}개의 평균 ± 표준편차, 모두 같은 행, 낮을수록 좋음',
  'table.loss.note.one': '정답 토큰당 나트, 시드 하나, 낮을수록 좋음',
  'table.loss.note.each': '정답 토큰당 나트, 낮을수록 좋음',
  'case.rate': '학습률 {rate}',
  'case.seed': '시드 {seed}',
  'chart.width': '너비',
  'chart.passes': '배치 × 길이(토큰)',
  'chart.loss.short': '손실',
  'table.metric': '보지 않은 행의 {metric}',
  'table.metric.note': '답 {rows}개의 %(답 하나가 {each}), 시드 {seeds}개의 평균 ± 표준편차, 높을수록 좋음',
  'table.budget': '같은 예산',
  'table.metric.note.one': '답 {rows}개의 %(답 하나가 {each}), 시드 하나, 높을수록 좋음',
  'metric.rougeL': 'ROUGE-L',
  'metric.exactMatch': '정확히 일치',
  'metric.labelsMatch': '라벨 일치',
  'metric.numberMatch': '숫자 일치',
  'metric.jsonMatch': 'JSON 일치',
  'metric.executionAccuracy': '실행 결과 일치',
  'metric.sqlMatch': '같은 쿼리',
  'table.budget.note': '조합마다 학습하는 가중치 수와 예산과의 차이',
  'table.paper.wikisql': 'WikiSQL, GPT-3 175B, 정확도 % ± 0.5',
  'table.paper.multinli': 'MultiNLI, GPT-3 175B, 정확도 % ± 0.1',
  'table.paper.table7': 'GPT-3 175B, 48번째 층의 Wq',
  'table.paper.table1': 'GPT-2 medium, ms, 100번의 평균 ± 표준편차',
  'table.paper.benefits': 'GPT-3 175B',
  'table.amplification': '층들의 중앙값',
  'table.amplification.note': '프로베니우스 노름',
  'table.layers': '모든 행렬',
  'table.figure': '고른 i와 j의 φ',
  'table.figure.note': '층들의 중앙값',
  'table.benefits': '여기서 측정한 값',
  'table.benefits.note': '행 {batch}개씩 {steps}단계, 학습률은 LoRA {rate}, 전체 가중치는 그 10분의 1',
  'table.latency': '한 번의 순방향 실행',
  'table.latency.note':
    '행 × 토큰마다 ms, 중앙값 ± 표준편차. 아래는 같은 차례의 기본 모델과의 차이와 그 비율, 95 % 구간: 모든 차례의 중앙값',
  'table.onebatch': '한 배치',
  'table.onebatch.note': 'ms는 모든 차례의 평균 ± 표준편차, 초당 토큰은 가장 빠른 4분의 1',

  'column.matrices': '행렬',
  'column.weights': '학습 가중치',
  'column.off': '예산과의 차이',
  'column.rank': '랭크',
  'column.layer': '층',
  'column.factor': '배율',
  'column.byDelta': 'ΔW의 방향',
  'column.byWeight': 'W의 방향',
  'column.byRandom': '무작위 방향',
  'column.compared': '견준 것',
  'column.what': '',
  'column.lora': 'LoRA, 랭크 {rank}',
  'column.full': '전체 가중치',
  'column.ratio': '비율',
  'column.case': '경우',
  'column.speed': '초당 토큰',
  'row.base': '기본 모델만',
  'row.parameters': '학습 가중치',
  'row.file': '파일',
  'row.state': '옵티마이저가 지니는 양',
  'row.memory': '최대 메모리',
  'row.step': '한 단계',
  'row.loss': '학습 뒤 손실',
  'row.switch': '작업 전환, 중앙값',
  'row.switchFirst': '어댑터를 처음 쓸 때',
  'row.speed': '학습 속도',
  'variant.base': '기본 모델',
  'variant.merged': '합친 LoRA',
  'variant.unmerged': 'W 곁의 LoRA',
  'variant.adapter-l': 'Adapter-L',
  'variant.adapter-h': 'Adapter-H',
  'variant.mixed': '행마다 다른 어댑터',
  'variant.single': '모든 행에 어댑터 하나',
  'variant.swap': '하나씩 합치고 실행하고 빼기',

  'chart.rank': '랭크 r',
  'chart.layer': '층',
  'chart.loss': '보지 않은 행의 손실, 토큰당 나트',
  'chart.bars': ', 막대는 시드의 ± 표준편차',
  'chart.metric': '{metric}, %',
  'chart.factor': '배율: ΔW가 W에 있던 것을 키우는 정도',
  'chart.allWeights': '전체 가중치',
  'chart.slower': '기본 모델보다 느린 정도',
  'chart.none': '없음',
  'chart.all': '모두 겹침',
  'chart.of.A': 'A',
  'chart.of.BA': 'BA',
  'chart.of.random': '무작위',
  'picture.loss': '랭크에 따른 손실',
  'picture.metric': '랭크에 따른 {metric}',
  'picture.sets': '행렬 조합마다의 손실',
  'picture.factor': '층에 따른 배율',
  'picture.maps': 'A의 방향, {layer}번 층',
  'picture.effect': 'B · A의 방향, {layer}번 층',
  'picture.random': '같은 모양의 무작위 행렬 둘',
  'picture.latency': '실행에 더해지는 시간, 배치 {rows}, 길이 {tokens}',
  'picture.sweep': '어댑터 층이 더하는 시간: 배치 × 길이 × 너비',
  'picture.benefits': '전체 학습은 LoRA의 몇 배인가',
  'picture.onebatch': '초당 토큰',
  'picture.onebatch.of': '초당 토큰, 배치 × 길이 {pass}',
  'thumbnail.there': 'W에 있던 것',
  layer: '{layer}번 층',
  caption:
    'Hu et al. 2021의 {place}, 모델 {model}({sha}), {data}. {settings} {machine} Adapter Studio {studio}, {date}.',
  'caption.data': '{dataset}({sha})',
  'caption.noData': '데이터 없음',
  'caption.training':
    '행 {batch}개씩 {steps}단계 학습, 최대 {length}토큰, 학습률 {rate} 선형, α {alpha}, 시드 {seeds}, {loss}.',
  'caption.loss': '행 {rows}개에서 손실 측정',
  'caption.loss.validation': '검증 행 {rows}개에서 손실 측정',
  'caption.loss.test': '테스트 행 {rows}개에서 손실 측정',
  'caption.loss.train': '다른 행이 없어 학습 행 {rows}개에서 손실 측정',
  'caption.again': '필요한 학습 행 {wanted}개 가운데 길이가 맞는 행이 {rows}개여서 일부는 여러 번 읽었습니다.',
  'caption.metric': '답 {rows}개 채점.',
  'caption.trials': '{trials}번 측정.',
  'caption.switches': '전환 {trials}번 측정.',
  'caption.rounds': '{rounds}차례 측정, 차례마다 모든 방법을 두 번씩, 순서를 바꾸어.',
  'caption.adapter': '어댑터 {adapter}({sha}).',
  'device.threads': '스레드 {n}개',
  'device.graphics': '그래픽 프로세서',
  'caption.machine': '{device}, {processor}, {platform}.',
  'caption.partial': '전체 {total}부분 중 {done}부분까지.',
  'caption.repeat': '다시 실행: 시간이 아닌 수 {compared}개 가운데 {equal}개가 같았습니다.',
  'caption.apart': '다른 수들의 차이는 {parts}분의 1보다 작습니다.',
  'report.title': '{model}에서 본 LoRA 논문',
  'report.what':
    '“LoRA: Low-Rank Adaptation of Large Language Models”(Hu et al. 2021, arXiv 2106.09685)의 실험을 Adapter Studio로 다시 했습니다. 논문의 수치는 훨씬 큰 모델과 다른 데이터의 것이므로, 견줄 수 있는 것은 발견이 여기서도 성립하는지입니다.',
  'report.ours': '우리',
  'report.paper': '논문',
  'report.none': '아직 실행한 실험이 없습니다.',
};
