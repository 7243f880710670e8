namespace Gdn.Harness.Throughput;

/// <summary>A row that a benchmark program of llama.cpp or ik_llama.cpp printed.</summary>
/// <param name="Prompt">PP; null where no prompt was timed.</param>
/// <param name="Answer">TG; null where no answer was timed.</param>
/// <param name="Sequences">B.</param>
/// <param name="Depth">N_KV, as the program counts it.</param>
internal sealed record BenchTest(int? Prompt, int? Answer, int Sequences, int Depth);

/// <summary>Its speeds.</summary>
/// <param name="Test">What was timed.</param>
/// <param name="PromptRate">S_PP in tokens a second.</param>
/// <param name="AnswerRate">S_TG in tokens a second.</param>
internal sealed record BenchRow(BenchTest Test, double? PromptRate, double? AnswerRate);
