/**
 * What a model or adapter has that is not supported, and what would be: phrases for failure-reason.ts, under the same
 * rules, by the fields of MODEL_UNSUPPORTED, ADAPTER_UNSUPPORTED and NOT_AN_ADAPTER in errors.ts.
 */
export const unsupportedReasons = {
  FORMAT_UNKNOWN: { found: 'another format', supported: '{known}' },
  SINGLE_FILE_AS_MODEL: {
    found: 'a single file',
    supported: 'a GGUF file, or a folder with config.json, tokenizer.json and safetensors',
  },
  SINGLE_FILE_AS_ADAPTER: {
    found: 'a single file',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  WEIGHTS_AS_ADAPTER: {
    found: 'a file of weights alone; choose the folder that it lies in with its {config}',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  CONFIG_AS_ADAPTER: {
    found: 'the config of one alone; choose the folder that it lies in with its {weights}',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  ARCHIVE_AS_ADAPTER: {
    found: 'an archive; unpack it, and choose the folder in it',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  TABLE_AS_ADAPTER: {
    found: 'a table or a text; import it as a dataset (import)',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  FOLDER_AS_ADAPTER: {
    found: 'a folder without {config}',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  MODEL_AS_ADAPTER: {
    found: 'a whole model; import it as a base model (models import)',
    supported: 'a folder with {config} and {weights}, or a LoRA file in GGUF',
  },
  ADAPTER_AS_MODEL: {
    found: 'an adapter; import it as one (adapters import), after the base model that it was made for',
    supported: 'a GGUF file, or a folder with config.json, tokenizer.json and safetensors',
  },
  ADAPTER_FILE_AS_MODEL: {
    found:
      'part of an adapter; import the folder that it lies in as one (adapters import), after the base model that it was made for',
    supported: 'a GGUF file, or a folder with config.json, tokenizer.json and safetensors',
  },
  WEIGHTS_FORMAT: { found: 'weights in another format', supported: 'safetensors, or one GGUF file' },
  GGUFS_IN_FOLDER: { found: 'several GGUF files in one folder', supported: 'one of them, chosen by itself' },
  GGUFS_COUNTED: { found: '{count} GGUF files', supported: 'a folder with one' },
  GGUF_OF_ADAPTER: {
    found: 'an adapter; import it as one (adapters import), after the base model that it was made for',
    supported: 'models',
  },
  GGUF_TYPE: { found: 'a file of type “{type}”', supported: 'models' },
  TENSOR_TYPE_UNREADABLE: { found: 'the tensor {tensor} of type {type}', supported: '{known}' },
  WEIGHTS_QUANTISED: { found: 'quantised weights', supported: 'F32, F16 and BF16 weights' },
  TOKENIZER_KIND: { found: 'a tokenizer of type “{kind}”', supported: '{known}' },
  TOKENIZER_CUTS: { found: 'a tokenizer that splits text by “{way}”', supported: '{known}' },
  GGUF_TOKENIZER: {
    found: 'a tokenizer that GGUF has no name for',
    supported: 'the tokenizers of GPT-2, Llama, Mistral, Qwen and SmolLM; or the model as a folder (merged)',
  },
  GGUF_KEY: { found: '“{key}”, which GGUF has no word for', supported: 'the model as a folder (merged)' },
  GGUF_MODEL: {
    found: 'model type “{type}” as one GGUF file',
    supported: '{known}; or the model as a folder (merged)',
  },

  MODEL_TYPE: { found: 'model type “{type}”', supported: '{known}' },
  MODEL_CODE: { found: 'a model with its own code', supported: 'models that need no code' },
  EXPERTS: { found: 'a mixture of experts', supported: 'dense models' },
  ACTIVATION: { found: 'activation “{name}”', supported: '{known}' },
  LAYER_KIND: { found: 'layers of type “{kind}”', supported: '{known}' },
  LAYERS_DIFFER: { found: 'layers that differ in “{key}”', supported: 'models whose layers are all alike' },
  CROSS_ATTENTION: { found: 'cross-attention', supported: 'decoder-only models' },
  ATTENTION_BOTH_WAYS: { found: 'attention in both directions', supported: 'attention only to what came before' },
  ATTENTION_BIAS: { found: '“attention_bias”', supported: 'layers without bias' },
  SCORES_CAPPED: { found: '“{key}”', supported: 'scores that are not capped' },
  HEAD_SIZE_ODD: { found: 'a head size of {size}', supported: 'an even head size' },
  ROTARY_PART: {
    found: 'rotary positions on only part of each head',
    supported: 'rotary positions on the whole head',
  },
  ROTARY_SCALING: { found: 'rotary scaling “{kind}”', supported: '{known}' },
  ROTARY_TABLE: { found: 'rotary scaling with its own table', supported: 'plain and Llama 3 rotary positions' },

  ADAPTER_METHOD: { feature: 'the method {method}' },
  ADAPTER_LAYERS: { feature: 'adapter layers instead of LoRA' },
  ADAPTER_TASK: { feature: 'the task type {type}' },
  ADAPTER_BIASES: { feature: 'trained biases (bias)' },
  ADAPTER_INITIALISATION: { feature: 'init_lora_weights = {value}' },
  ADAPTER_KEY: { feature: '{key}' },
  ADAPTER_SOME_LAYERS: { feature: '{key} for some layers only' },
  ADAPTER_MODULES: { feature: 'target modules {modules}' },
  ADAPTER_TENSOR: { feature: 'the tensor {tensor}' },
  ADAPTER_NUMBERS: { feature: 'numbers of type {type}' },
  ADAPTER_RANKS: { feature: 'several ranks ({one} and {other})' },
  ADAPTER_GGUF: { feature: 'GGUF for {architecture}' },
} as const;
