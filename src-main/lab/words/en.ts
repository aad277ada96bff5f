/** The lab's texts about its experiments and results in English; `ko.ts` has the same keys. `{name}` is filled in. */
export const en = {
  'place.table1': 'Table 1',
  'place.table5': 'Table 5',
  'place.table6': 'Table 6',
  'place.table7': 'Table 7',
  'place.fig3': 'Figure 3',
  'place.fig4': 'Figure 4',
  'place.benefits': 'Section 4.2',
  'place.ranktofull': 'Section 4.1',
  'place.onebatch': 'Section 4.2',
  'question.table1': 'Does an adapter slow the answers down?',
  'question.table5': 'Which matrices, for the same number of weights?',
  'question.table6': 'Which rank is enough?',
  'question.table7': 'What does the adapter amplify?',
  'question.fig3': 'Do a low and a high rank find the same directions?',
  'question.fig4': 'Do two seeds find the same directions?',
  'question.benefits': 'What does it save over training all weights?',
  'question.ranktofull': 'Does full rank equal training all weights?',
  'question.onebatch': 'Can one batch serve many tasks?',

  'explain.table1.1':
    'Adapter layers are small networks put into each block; they run one after the other with the rest, so every answer waits for them. LoRA’s B · A can be added into W once, and then nothing is left to wait for.',
  'explain.table1.2':
    'Base, LoRA merged, LoRA beside W, Adapter-L and Adapter-H really run on this model, taking turns, so that if the computer slows down, all of them slow down. One pass reads all tokens and scores the next one.',
  'explain.table5.1':
    'An adapter can sit beside the query, key, value or output matrix of attention. With the same number of trained weights, is it better to give one matrix a high rank or several a low one?',
  'explain.table5.2':
    'Every set of matrices gets the rank at which it has as many weights as the query matrix at rank {rank}, or the nearest to that. Rows, steps and their order are the same for all.',
  'explain.table6.1':
    'The rank says in how many directions an adapter may change a matrix. If a low rank does as well as a high one, what the task needs lies in only a few directions.',
  'explain.table6.2':
    'Each cell is a separate adapter, trained on the same rows with the same steps and measured on rows it has not seen. Lower loss is better. Enough means: within a tenth of what the best rank takes off the base’s loss.',
  'explain.seeds':
    'A difference is called clear if its 95 % interval (paired by seed, Student’s t) leaves out zero, and is wider where the best of several was picked. That takes three seeds; with one or two, the sentence is a hint. It is about other seeds on the same rows: other rows may say something else.',
  'explain.table7.1':
    'U and V are the strongest directions of ΔW = (α ÷ r) · B · A. ‖U′WV′‖ tells how much of W already lies in them; the paper found less than in W’s own strongest directions, and more than in random ones.',
  'explain.table7.2':
    'The factor ‖ΔW‖ ÷ ‖U′WV′‖ tells how strongly the adapter amplifies what was there but weak. U′ is U transposed; norms are Frobenius norms.',
  'explain.table7.3':
    'This is about one adapter: another seed may differ. If it did not take at least 1 % off the base’s loss, or adds less than a ten-thousandth of ‖W‖, no conclusion is drawn.',
  'explain.fig3.1':
    'φ(i, j) compares the first i directions of one adapter’s A with the first j of the other’s: 1 when the smaller set lies wholly in the larger, about max(i, j) ÷ k by chance.',
  'explain.fig3.2':
    'The two adapters start from different random numbers: with the same ones, the low rank’s A would start as part of the high rank’s and resemble it without having learned anything.',
  'explain.fig3.3':
    'The paper compares A. A short training moves A little from its random start, so the directions of B · A, which is what the adapter does, are shown as well. The sentence goes by the one that shares more.',
  'explain.fig4.1':
    'Two adapters of the same rank on the same rows, from two seeds. Directions that both find come from what the two have in common: the base, the rows and the task. Two random matrices of the same shape are shown for comparison.',
  'explain.fig4.2':
    'φ(i, j) compares the first i directions of one with the first j of the other: from 0, nothing shared, to 1.',
  'explain.figure':
    'This is about these two adapters, trained once each: other seeds may share more or less. If either did not take at least 1 % off the base’s loss, no conclusion is drawn.',
  'explain.benefits.1':
    'Only A and B are trained and stored. So the optimiser keeps two moments and a gradient for only a few numbers, the file is small, and another task is just another pair of A and B.',
  'explain.benefits.2':
    'Both trainings really ran on this model with the same rows, each once, LoRA first; a difference of less than a tenth in time or memory is not counted. Memory is the peak of the whole process, which also holds the base model for chat; what the optimiser keeps is calculated: 12 bytes for each trained weight.',
  'explain.ranktofull.1':
    'With r as large as the matrix, B · A can be any change of W, so LoRA should do as well as training all weights. Every matrix of attention and MLP is adapted.',
  'explain.ranktofull.2':
    'Training all weights also changes embeddings and norms, and needs a lower rate; it is trained at the same rate and at a tenth of it, and the better result is shown.',
  'explain.onebatch.1':
    'The paper names one limit: once B · A is merged into W, one batch cannot easily hold inputs of different tasks. If it stays beside W, each row can have its own adapter.',
  'explain.onebatch.2':
    'Timed in turn: one batch in which each row has its own adapter, the same rows with a single adapter, and merging, running and removing one adapter after the other. The adapters are of random numbers, which take as long as learned ones.',

  'verdict.holds': 'It holds here: ',
  'verdict.partly': 'It holds in part: ',
  'verdict.not': 'It does not hold here: ',
  'verdict.holds.fewSeeds': 'It seems to hold here: ',
  'verdict.partly.fewSeeds': 'It seems to hold in part: ',
  'verdict.not.fewSeeds': 'It does not seem to hold here: ',
  'verdict.unclear': 'It is unclear here: ',
  'because.oneSeed': 'With one seed there is no telling how much of this is chance: run at least {fewest} seeds.',
  'because.twoSeeds': 'Two seeds are too few to tell how much of this is chance: run at least {fewest} seeds.',
  'short.oneSeed': '{short}; one seed',
  'short.twoSeeds': '{short}; two seeds',
  'verdict.open': 'Not enough has been measured yet.',
  'verdict.open.table5':
    'There is nothing to compare: that takes a set of one matrix and a set of several. Choose them in its settings in the lab.',
  'verdict.open.table6':
    'There is nothing to compare: that takes two ranks and two sets of matrices. Choose them in its settings in the lab.',
  'short.open': 'nothing to compare',
  'reading.unlearned':
    'no training brought the loss clearly below that of the base; take more steps or another learning rate.',
  'because.unlearned': 'The base has {base}, the lowest loss is {lowest}.',
  'short.unlearned': 'nothing learned',
  'reading.unlearned.adapter':
    'not both adapters learned, as a loss is not clearly below the base’s; nothing follows from their directions. Take more steps or another learning rate.',
  'reading.unlearned.one':
    'the adapter did not learn, as its loss is not clearly below the base’s; nothing follows from its directions. Take more steps or another learning rate.',
  'because.unlearned.adapter': '{name}: loss {loss}, the base {base}.',
  'reading.unlearned.nothing':
    'the adapter adds next to nothing to W, so its directions mean nothing; look at one that has learned something.',
  'because.unlearned.nothing': 'Over {n} matrices at rank {rank}, the median of ‖ΔW‖ is {share} of ‖W‖.',
  'short.unclear': 'too noisy to tell',
  'short.rounds.few': 'too few rounds to tell',
  'reading.rounds.few': 'how far to trust a time shows from six rounds on; measure at least six times.',
  'rounds.interval': 'with the 95 % interval',
  'rounds.few': 'without an interval, which takes six rounds',

  'reading.table1.holds': 'merged LoRA is as fast as the base, to within 3 %; adapter layers are slower.',
  'reading.table1.partly':
    'merged LoRA is as fast as the base, to within 3 %, but not both kinds of adapter layer are clearly slower.',
  'reading.table1.unclear':
    'the passes vary too much, or were too few, to tell them apart; run it again when the computer is idle.',
  'reading.table1.not': 'merged LoRA is slower than the base.',
  'because.table1':
    'At batch {rows}, length {tokens}, the smallest measured: merged {merged}, LoRA beside W {unmerged}, Adapter-L {l}, Adapter-H {h}, each against the base in the same round, {interval}.',
  'short.table1': 'merged {merged}, H {h}',

  'reading.table5.holds': 'several matrices at a low rank do better than any one at a high rank.',
  'reading.table5.not': 'a single matrix does better than any set of several.',
  'reading.table5.unclear': 'whether several matrices do better than any one is not settled; more seeds may settle it.',
  'because.table5':
    'Mean loss of the best set, {several}, {severalLoss}; of the best single matrix, {single}, {singleLoss}. Budgets differ by at most {budget}. Seeds: {seeds}; rows for the loss: {rows}.',
  'because.table5.interval':
    'Hardest to tell from {best} is {rival}: behind by {difference}, with an interval from {low} to {high}.',
  'short.table5': '{best} is best',
  'short.table5.unclear': 'no clear winner',

  'reading.table6.holds': 'which matrices you adapt matters more than the rank, and a low rank is enough.',
  'reading.table6.partly':
    'a low rank is enough, but it is not clear that the choice of matrices matters more than the rank.',
  'reading.table6.not': 'a higher rank clearly does better than the lowest.',
  'reading.table6.unclear': 'the ranks cannot be told apart well enough to say whether a low one is enough.',
  'because.table6':
    'On {set}, rank {low} gives {share} of all that rank {bestRank} takes off the base’s loss ({base} to {bestLoss}). At rank {low}, {first} and {set} are {gain} apart; on {set}, the best and the worst rank of a seed are {range} apart on average. Seeds: {seeds}; rows for the loss: {rows}.',
  'because.table6.lowest':
    'On {set}, rank {low} has the lowest mean loss of the ranks ({base} to {bestLoss}). At rank {low}, {first} and {set} are {gain} apart; on {set}, the best and the worst rank of a seed are {range} apart on average. Seeds: {seeds}; rows for the loss: {rows}.',
  'short.table6': 'rank {low} gives {share}',

  'reading.table7.holds': 'the adapter works in directions that W has but does not emphasise, and amplifies them.',
  'reading.table7.partly': 'the adapter works in directions of W, but adds less than twice of what W has there.',
  'reading.table7.not': 'W has less than half as much again in the adapter’s directions as in random ones.',
  'reading.table7.own': 'the adapter works in the directions that W itself emphasises.',
  'reading.table7.unclear':
    'the matrices vary too much, or are too few, to say whether W has half as much again in the adapter’s directions as in random ones.',
  'because.table7':
    'Over {n} matrices of one adapter at rank {rank}, median: W holds {byDelta} in the adapter’s directions, {byRandom} in random ones and {byWeight} in its own; the factor is {factor}. Matrix by matrix, it holds {ratio} times as much as in random ones (geometric mean, interval {low} to {high}).',
  'short.table7': '×{factor} at r {rank}',

  'reading.fig3.holds': 'these two ranks share more than half of their first direction, far more than chance.',
  'reading.fig3.partly': 'these two ranks share more than chance, but less than half of their first direction.',
  'reading.fig3.not': 'what these two ranks share cannot be told from chance.',
  'reading.fig4.holds': 'these two seeds find common directions; random matrices do not.',
  'reading.fig4.partly': 'these two seeds share more than chance, but little.',
  'reading.fig4.not': 'what these two seeds share cannot be told from chance.',
  'reading.figure.unclear': 'the matrices vary too much to tell what the two share from chance.',
  'because.figure':
    'One pair of adapters, {n} matrices, medians over both kinds and all layers. φ(1, 1): A {a}, B · A {ba}, chance {chance}. φ({i}, {j}): A {aMore}, B · A {baMore}, random matrices {randomMore}.',
  'short.figure': 'φ {ba}, chance {chance}',

  'reading.benefits.holds': 'a far smaller file, less memory, and faster steps.',
  'reading.benefits.partly': 'not all of file, memory and time are saved: see the numbers.',
  'reading.benefits.not': 'neither file, memory nor time is saved to speak of.',
  'because.benefits':
    'Against training all weights: trained weights {share} of the model, file {ratio} times smaller, a step takes {speed} of the time, peak memory is {memory}. A switch takes {switch}. After the same steps the loss is {lora} with LoRA and {full} with all weights; the base has {base}.',
  'short.benefits': 'file ÷ {ratio}, step {speed}',

  'reading.ranktofull.holds': 'at rank {rank}, the highest tried, LoRA reaches the loss of training all weights.',
  'reading.ranktofull.partly':
    'LoRA comes closer to training all weights as the rank rises, but does not reach it in these steps.',
  'reading.ranktofull.not': 'in these steps, a higher rank does not bring LoRA closer to training all weights.',
  'reading.ranktofull.unclear': 'the losses are too close to say whether LoRA reaches that of training all weights.',
  'reading.ranktofull.unlearned':
    'training all weights did not bring the loss clearly below that of the base at either rate, so there is nothing to reach.',
  'because.ranktofull':
    'Loss {low} at rank {lowRank}, {high} at rank {highRank} (full rank: {hidden}), {full} for all weights (the better of two rates, {rate}); the base has {base}. Seeds: {seeds}.',
  'short.ranktofull': '{high} against {full}',

  'reading.onebatch.holds': 'a batch of many tasks has at least four fifths of the speed of one of a single task.',
  'reading.onebatch.partly':
    'a mixed batch is slower than four fifths of one of a single task, but faster than merging and swapping.',
  'reading.onebatch.unclear':
    'the rounds vary too much, or were too few, to tell the batches apart; run it again when the computer is idle.',
  'reading.onebatch.not': 'merging and swapping is faster than a mixed batch.',
  'because.onebatch':
    'Rows {rows}, adapters {adapters}, {trials} rounds: a mixed batch takes {toSingle} of the time of one adapter and {toSwap} of merge and swap, round by round, {interval}. In the quickest quarter of the rounds: mixed {mixed}, one adapter {single}, merge and swap {swap} tokens per second.',
  'short.onebatch': 'mixed {ratio} of one',

  'table.loss': 'Loss on unseen rows',
  'table.loss.note':
    'nats per target token, mean ± standard deviation over {seeds} seeds, all on the same rows; lower is better',
  'table.loss.note.one': 'nats per target token, one seed; lower is better',
  'table.loss.note.each': 'nats per target token; lower is better',
  'case.rate': 'rate {rate}',
  'case.seed': 'seed {seed}',
  'chart.width': 'width',
  'chart.passes': 'batch × length, tokens',
  'chart.loss.short': 'Loss',
  'table.metric': '{metric} on unseen rows',
  'table.metric.note':
    '% of {rows} answers, of which each counts {each}; mean ± standard deviation over {seeds} seeds; higher is better',
  'table.budget': 'Equal budgets',
  'table.metric.note.one': '% of {rows} answers, of which each counts {each}; one seed; higher is better',
  'metric.rougeL': 'ROUGE-L',
  'metric.exactMatch': 'Exact match',
  'metric.labelsMatch': 'Same labels',
  'metric.numberMatch': 'Number match',
  'metric.jsonMatch': 'JSON match',
  'metric.executionAccuracy': 'Same result when run',
  'metric.sqlMatch': 'Same query',
  'table.budget.note': 'trained weights of each set, and how far from the budget',
  'table.paper.wikisql': 'WikiSQL, GPT-3 175B, accuracy % ± 0.5',
  'table.paper.multinli': 'MultiNLI, GPT-3 175B, accuracy % ± 0.1',
  'table.paper.table7': 'Wq of layer 48, GPT-3 175B',
  'table.paper.table1': 'GPT-2 medium, ms, mean ± standard deviation of 100 trials',
  'table.paper.benefits': 'GPT-3 175B',
  'table.amplification': 'Median over layers',
  'table.amplification.note': 'Frobenius norms',
  'table.layers': 'Every matrix',
  'table.figure': 'φ of chosen i and j',
  'table.figure.note': 'median over layers',
  'table.benefits': 'Measured here',
  'table.benefits.note': '{steps} steps of {batch} rows each; LoRA’s rate is {rate}, that of all weights a tenth of it',
  'table.latency': 'One forward pass',
  'table.latency.note':
    'ms for rows × tokens, median ± standard deviation; below, the difference from the base in the same round and its share, with the 95 % interval: medians of all rounds',
  'table.onebatch': 'One batch',
  'table.onebatch.note':
    'ms: mean ± standard deviation of all rounds; tokens per second: of the quickest quarter of them',

  'column.matrices': 'Matrices',
  'column.weights': 'Trained weights',
  'column.off': 'From the budget',
  'column.rank': 'Rank',
  'column.layer': 'Layer',
  'column.factor': 'Factor',
  'column.byDelta': 'in ΔW’s directions',
  'column.byWeight': 'in W’s own',
  'column.byRandom': 'in random ones',
  'column.compared': 'Compared',
  'column.what': '',
  'column.lora': 'LoRA, rank {rank}',
  'column.full': 'All weights',
  'column.ratio': 'Ratio',
  'column.case': 'Case',
  'column.speed': 'tokens per second',
  'row.base': 'base alone',
  'row.parameters': 'trained weights',
  'row.file': 'file',
  'row.state': 'kept by the optimiser',
  'row.memory': 'peak memory',
  'row.step': 'one step',
  'row.loss': 'loss after it',
  'row.switch': 'task switch, median',
  'row.switchFirst': 'first use of an adapter',
  'row.speed': 'training speed',
  'variant.base': 'base',
  'variant.merged': 'LoRA, merged',
  'variant.unmerged': 'LoRA, beside W',
  'variant.adapter-l': 'Adapter-L',
  'variant.adapter-h': 'Adapter-H',
  'variant.mixed': 'each row its own adapter',
  'variant.single': 'one adapter for all rows',
  'variant.swap': 'merge, run, remove, one by one',

  'chart.rank': 'rank r',
  'chart.layer': 'layer',
  'chart.loss': 'loss on unseen rows, nats per token',
  'chart.bars': '; bars: ± standard deviation over seeds',
  'chart.metric': '{metric}, %',
  'chart.factor': 'factor: how strongly ΔW amplifies what W has there',
  'chart.allWeights': 'all weights',
  'chart.slower': 'slower than the base',
  'chart.none': 'none',
  'chart.all': 'all shared',
  'chart.of.A': 'A',
  'chart.of.BA': 'BA',
  'chart.of.random': 'random',
  'picture.loss': 'Loss against rank',
  'picture.metric': '{metric} against rank',
  'picture.sets': 'Loss of each set of matrices',
  'picture.factor': 'Factor over the layers',
  'picture.maps': 'Directions of A, layer {layer}',
  'picture.effect': 'Directions of B · A, layer {layer}',
  'picture.random': 'Two random matrices of the same shape',
  'picture.latency': 'Time added to a pass, batch {rows}, length {tokens}',
  'picture.sweep': 'Time added by adapter layers: batch × length × width',
  'picture.benefits': 'All weights against LoRA: how many times as much',
  'picture.onebatch': 'Tokens per second',
  'picture.onebatch.of': 'Tokens per second, batch × length {pass}',
  'thumbnail.there': 'W there',
  layer: 'layer {layer}',
  caption:
    '{place} of Hu et al. 2021 on {model} ({sha}), {data}. {settings} {machine} Adapter Studio {studio}, {date}.',
  'caption.data': '{dataset} ({sha})',
  'caption.noData': 'no dataset',
  'caption.training':
    'Trained {steps} steps of {batch} rows, at most {length} tokens, rate {rate} linear, α {alpha}, seeds {seeds}; {loss}.',
  'caption.loss': 'loss on {rows} rows',
  'caption.loss.validation': 'loss on {rows} validation rows',
  'caption.loss.test': 'loss on {rows} test rows',
  'caption.loss.train': 'loss on {rows} of the training rows, as there are no others',
  'caption.again':
    'Of the {wanted} training rows wanted, {rows} were there and short enough, so some were read more than once.',
  'caption.metric': '{rows} answers scored.',
  'caption.trials': '{trials} trials.',
  'caption.switches': '{trials} switches timed.',
  'caption.rounds': '{rounds} rounds, each way twice per round, in changing order.',
  'caption.adapter': 'Adapter {adapter} ({sha}).',
  'device.threads': '{n} threads',
  'device.graphics': 'graphics processor',
  'caption.machine': '{device}, {processor}, {platform}.',
  'caption.partial': '{done} of {total} parts so far.',
  'caption.repeat': 'Repeated: {equal} of {compared} numbers came out the same (timings not counted).',
  'caption.apart': 'Where numbers differ, it is by less than one part in {parts}.',
  'report.title': 'The LoRA paper on {model}',
  'report.what':
    'The experiments of “LoRA: Low-Rank Adaptation of Large Language Models” (Hu et al. 2021, arXiv 2106.09685), repeated with Adapter Studio. The paper’s numbers are for far larger models and other data; what can be compared is whether its findings hold.',
  'report.ours': 'Ours',
  'report.paper': 'Paper',
  'report.none': 'No experiment has been run yet.',
} as const;
