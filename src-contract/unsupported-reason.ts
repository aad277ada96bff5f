/**
 * What a model or an adapter has that cannot be used here, and what could be: phrases of failure-reason.ts, by the same rules,
 * under the fields of MODEL_UNSUPPORTED and ADAPTER_UNSUPPORTED in errors.ts.
 */
export const unsupportedReasons = {
  FORMAT_UNKNOWN: { found: 'another format', supported: '{known}' },
  SINGLE_FILE_AS_MODEL: {
    found: 'a single file',
    supported: 'a GGUF file, or a folder with config.json, tokenizer.json and safetensors',
  },
  SINGLE_FILE_AS_ADAPTER: { found: 'a single file', supported: 'a folder with {config} and {weights}' },
  GGUF_AS_ADAPTER: {
    found: 'a GGUF file, which is for llama.cpp',
    supported: 'a folder of PEFT’s with {config} and {weights}',
  },
  MODEL_AS_ADAPTER: {
    found: 'a whole model, which is taken in among the base models (models import)',
    supported: 'a folder with {config} and {weights}',
  },
  WEIGHTS_FORMAT: { found: 'weights in another format', supported: 'safetensors, or one GGUF file' },
  GGUFS_IN_FOLDER: { found: 'several GGUF files in one folder', supported: 'safetensors, or one GGUF file' },
  GGUFS_COUNTED: { found: '{count} GGUF files', supported: 'a folder with one' },
  GGUF_OF_ADAPTER: {
    found: 'an adapter for llama.cpp',
    supported: 'models; adapters are read from folders of PEFT’s (adapters import)',
  },
  GGUF_TYPE: { found: 'a file of type “{type}”', supported: 'models' },
  TENSOR_TYPE_UNREADABLE: { found: 'the tensor {tensor} of type {type}', supported: '{known}' },
  WEIGHTS_QUANTISED: { found: 'quantised weights', supported: 'F32, F16 and BF16 weights' },
  TOKENIZER_KIND: { found: 'a tokenizer of the kind “{kind}”', supported: '{known}' },
  TOKENIZER_CUTS: { found: 'a tokenizer that cuts text in the way “{way}”', supported: '{known}' },

  MODEL_TYPE: { found: 'model type “{type}”', supported: '{known}' },
  MODEL_CODE: { found: 'a model with code of its own', supported: 'models that need no code' },
  EXPERTS: { found: 'a mixture of experts', supported: 'dense models' },
  ACTIVATION: { found: 'activation “{name}”', supported: '{known}' },
  LAYER_KIND: { found: 'layers of the kind “{kind}”', supported: '{known}' },
  LAYERS_DIFFER: { found: 'layers of different “{key}”', supported: 'models whose layers are alike' },
  CROSS_ATTENTION: { found: 'cross-attention', supported: 'a decoder alone' },
  ATTENTION_BOTH_WAYS: { found: 'attention in both directions', supported: 'attention to what came before' },
  ATTENTION_BIAS: { found: '“attention_bias”', supported: 'layers without bias' },
  SCORES_CAPPED: { found: '“{key}”', supported: 'scores that are not capped' },
  HEAD_SIZE_ODD: { found: 'a head size of {size}', supported: 'an even head size' },
  ROTARY_PART: {
    found: 'positions that turn a part of each head',
    supported: 'positions that turn the whole head',
  },
  ROTARY_SCALING: { found: 'rotary scaling “{kind}”', supported: '{known}' },
  ROTARY_TABLE: { found: 'rotary scaling by its own table', supported: 'plain and Llama 3 rotary positions' },

  ADAPTER_METHOD: { feature: 'the method {method}' },
  ADAPTER_LAYERS: { feature: 'adapter layers in place of LoRA' },
  ADAPTER_TASK: { feature: 'the task type {type}' },
  ADAPTER_BIASES: { feature: 'trained biases (bias)' },
  ADAPTER_INITIALISATION: { feature: 'init_lora_weights = {value}' },
  ADAPTER_KEY: { feature: '{key}' },
  ADAPTER_MODULES: { feature: 'target modules {modules}' },
  ADAPTER_TENSOR: { feature: 'the tensor {tensor}' },
  ADAPTER_NUMBERS: { feature: 'numbers of type {type}' },
  ADAPTER_GGUF: { feature: 'GGUF for {architecture}' },
} as const;
