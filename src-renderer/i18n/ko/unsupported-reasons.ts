import type { unsupportedReasons as english } from '../../../src-contract/unsupported-reason.ts';

/**
 * What cannot be used here, and what could be (src-contract/unsupported-reason.ts), in Korean, with the same codes and
 * fields.
 */
export const unsupportedReasons: {
  readonly [C in keyof typeof english]: Readonly<Record<keyof (typeof english)[C], string>>;
} = {
  FORMAT_UNKNOWN: { found: '다른 형식의 파일', supported: '{known}' },
  SINGLE_FILE_AS_MODEL: {
    found: '파일 하나',
    supported: 'GGUF 파일, 또는 config.json과 tokenizer.json, safetensors 파일이 든 폴더',
  },
  SINGLE_FILE_AS_ADAPTER: {
    found: '파일 하나',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  WEIGHTS_AS_ADAPTER: {
    found: '가중치만 든 파일({config} 파일과 함께 들어 있는 폴더를 고르세요)',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  CONFIG_AS_ADAPTER: {
    found: '어댑터의 설정 파일 하나({weights} 파일과 함께 들어 있는 폴더를 고르세요)',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  ARCHIVE_AS_ADAPTER: {
    found: '압축 파일(압축을 풀고 그 안의 폴더를 고르세요)',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  TABLE_AS_ADAPTER: {
    found: '표나 글(데이터셋으로 가져오세요: import)',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  FOLDER_AS_ADAPTER: {
    found: '{config} 파일이 없는 폴더',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  MODEL_AS_ADAPTER: {
    found: '모델 전체(기본 모델로 가져오세요: models import)',
    supported: '{config}[과|와] {weights} 파일이 든 폴더, 또는 GGUF 형식의 LoRA 파일',
  },
  ADAPTER_AS_MODEL: {
    found: '어댑터(바탕이 된 기본 모델을 먼저 가져온 다음 어댑터로 가져오세요: adapters import)',
    supported: 'GGUF 파일, 또는 config.json, tokenizer.json, safetensors 파일이 든 폴더',
  },
  ADAPTER_FILE_AS_MODEL: {
    found:
      '어댑터의 일부(바탕이 된 기본 모델을 먼저 가져온 다음, 이 파일이 든 폴더를 어댑터로 가져오세요: adapters import)',
    supported: 'GGUF 파일, 또는 config.json, tokenizer.json, safetensors 파일이 든 폴더',
  },
  WEIGHTS_FORMAT: { found: '다른 형식의 가중치', supported: 'safetensors 또는 GGUF 파일 하나' },
  GGUFS_IN_FOLDER: { found: 'GGUF 파일이 여럿인 폴더', supported: '그 가운데 따로 고른 파일 하나' },
  GGUFS_COUNTED: { found: 'GGUF 파일 {count}개', supported: 'GGUF 파일이 하나인 폴더' },
  GGUF_OF_ADAPTER: {
    found: '어댑터(바탕이 된 기본 모델을 먼저 가져온 다음 어댑터로 가져오세요: adapters import)',
    supported: '모델',
  },
  GGUF_TYPE: { found: '“{type}” 종류의 파일', supported: '모델' },
  TENSOR_TYPE_UNREADABLE: { found: '{type} 형식의 {tensor} 텐서', supported: '{known}' },
  WEIGHTS_QUANTISED: { found: '양자화된 가중치', supported: 'F32, F16, BF16 가중치' },
  TOKENIZER_KIND: { found: '“{kind}” 종류의 토크나이저', supported: '{known}' },
  TOKENIZER_CUTS: { found: '글을 “{way}” 방식으로 나누는 토크나이저', supported: '{known}' },
  GGUF_TOKENIZER: {
    found: 'GGUF에 이름이 없는 토크나이저',
    supported: 'GPT-2, Llama, Mistral, Qwen, SmolLM의 토크나이저. 아니면 폴더로 된 합친 모델(merged)',
  },
  GGUF_KEY: { found: 'GGUF로 나타낼 수 없는 “{key}”', supported: '폴더로 된 합친 모델(merged)' },
  GGUF_MODEL: {
    found: 'GGUF 파일 하나로 된 “{type}” 모델',
    supported: '{known}. 아니면 폴더로 된 합친 모델(merged)',
  },

  MODEL_TYPE: { found: '모델 종류 “{type}”', supported: '{known}' },
  MODEL_CODE: { found: '자체 코드가 딸린 모델', supported: '코드가 필요 없는 모델' },
  EXPERTS: { found: '전문가 혼합(MoE) 모델', supported: '밀집(dense) 모델' },
  ACTIVATION: { found: '활성화 함수 “{name}”', supported: '{known}' },
  LAYER_KIND: { found: '“{kind}” 종류의 층', supported: '{known}' },
  LAYERS_DIFFER: { found: '층마다 다른 “{key}” 값', supported: '모든 층이 같은 모델' },
  CROSS_ATTENTION: { found: '교차 어텐션', supported: '디코더만 있는 모델' },
  ATTENTION_BOTH_WAYS: { found: '양방향 어텐션', supported: '앞의 글만 보는 어텐션' },
  ATTENTION_BIAS: { found: '“attention_bias” 설정', supported: '편향이 없는 층' },
  SCORES_CAPPED: { found: '“{key}” 설정', supported: '어텐션과 출력의 점수를 제한하지 않는 모델' },
  HEAD_SIZE_ODD: { found: '홀수인 헤드 크기 {size}', supported: '짝수인 헤드 크기' },
  ROTARY_PART: { found: '헤드의 일부만 돌리는 위치 인코딩', supported: '헤드 전체를 돌리는 위치 인코딩' },
  ROTARY_SCALING: { found: 'RoPE 스케일링 “{kind}”', supported: '{known}' },
  ROTARY_TABLE: { found: '자체 표를 쓰는 RoPE 스케일링', supported: '기본 RoPE와 Llama 3의 RoPE' },

  ADAPTER_METHOD: { feature: '{method} 방법' },
  ADAPTER_LAYERS: { feature: '어댑터 층(LoRA가 아님)' },
  ADAPTER_TASK: { feature: '작업 유형 {type}' },
  ADAPTER_BIASES: { feature: 'bias 설정으로 학습된 편향' },
  ADAPTER_INITIALISATION: { feature: 'init_lora_weights = {value} 설정' },
  ADAPTER_KEY: { feature: '{key} 설정' },
  ADAPTER_SOME_LAYERS: { feature: '일부 층에만 적용된 {key}' },
  ADAPTER_MODULES: { feature: '대상 모듈 {modules}' },
  ADAPTER_TENSOR: { feature: '{tensor} 텐서' },
  ADAPTER_NUMBERS: { feature: '{type} 형식의 수' },
  ADAPTER_RANKS: { feature: '서로 다른 랭크({one}[과|와] {other})' },
  ADAPTER_GGUF: { feature: '{architecture}용 GGUF' },
};
