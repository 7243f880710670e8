namespace Gdn.Harness.Engines.Llama;

/// <summary>Where the fields of <c>llama_context_params</c> lie that are set; -1 for one that this version does not have.</summary>
/// <param name="Positions">n_ctx: positions of all sequences together.</param>
/// <param name="Batch">n_batch</param>
/// <param name="Ubatch">n_ubatch</param>
/// <param name="Sequences">n_seq_max</param>
/// <param name="Snapshots">n_rs_seq: states kept per sequence for rollbacks, beside the current one.</param>
/// <param name="Threads">n_threads, and after it n_threads_batch.</param>
/// <param name="FlashAttention">flash_attn_type, or the flag flash_attn.</param>
/// <param name="FlashAttentionIsFlag">Whether it is a flag.</param>
/// <param name="KeyType">type_k</param>
/// <param name="ValueType">type_v</param>
/// <param name="FullWindow">The flag swa_full.</param>
/// <param name="Unified">The flag kv_unified.</param>
internal sealed record ContextLayout(
    int Positions, int Batch, int Ubatch, int Sequences, int Snapshots, int Threads, int FlashAttention, bool FlashAttentionIsFlag,
    int KeyType, int ValueType, int FullWindow, int Unified)
{
    private const int Absent = -1, Unspecified = -1, F16 = 1;

    /// <summary>Recognises the defaults.</summary>
    /// <exception cref="NotRecognisedException">They are unknown.</exception>
    public static ContextLayout Of(LlamaDialect dialect, ReadOnlySpan<byte> defaults)
    {
        var fields = new ParameterLayout(defaults);
        return dialect == LlamaDialect.Ik ? OfIk(ref fields) : OfMainline(ref fields);
    }

    // Since August 2025, when flash attention became a choice of three. n_rs_seq came in May 2026, then the numbers of outputs.
    private static ContextLayout OfMainline(ref ParameterLayout fields)
    {
        (int positions, int batch, int ubatch, int sequences) = Head(ref fields);
        bool hasSnapshots = IsNoCount(fields.Peek());
        int snapshots = hasSnapshots ? fields.Take("n_rs_seq", 0) : Absent;
        if (hasSnapshots && IsNoCount(fields.Peek())) fields.Take("n_outputs_max", 0);
        if (hasSnapshots && fields.Peek() == 1) fields.Take("n_outputs_max_per_seq", 1);
        int threads = ThreadCounts(ref fields);
        if (hasSnapshots && fields.Peek() == 0) fields.Take("ctx_type", 0);
        Types(ref fields);
        int flash = fields.Take("flash_attn_type", Unspecified);
        Scaling(ref fields);
        (int keys, int values) = CacheTypes(ref fields);
        fields.TakeNulls("abort_callback", 2);
        fields.TakeFlag("embeddings", false);
        fields.TakeFlag("offload_kqv", true);
        fields.TakeFlag("no_perf");
        fields.TakeFlag("op_offload", true);
        int window = fields.TakeFlag("swa_full"), unified = fields.TakeFlag("kv_unified");
        return new ContextLayout(
            positions, batch, ubatch, sequences, snapshots, threads, flash, FlashAttentionIsFlag: false, keys,
            values, window, unified);
    }

    private static ContextLayout OfIk(ref ParameterLayout fields)
    {
        const int anySeed = -1;
        fields.Take("seed", anySeed);
        (int positions, int batch, int ubatch, int sequences) = Head(ref fields);
        int threads = ThreadCounts(ref fields);
        // max_extra_alloc and worst_case_tokens, of which there were one, two or none.
        for (int extra = 0; extra < 2 && fields.Peek() != Unspecified; extra++) fields.Take("max_extra_alloc", value => value >= 0);
        Types(ref fields);
        Scaling(ref fields);
        (int keys, int values) = CacheTypes(ref fields);
        // Types of other caches, and for how many layers they hold, of which there are ever more.
        while (fields.Peek() is F16 or Unspecified) fields.Take();
        fields.TakeFlag("logits_all", false);
        fields.TakeFlag("embeddings", false);
        fields.TakeFlag("offload_kqv", true);
        int flash = fields.TakeFlag("flash_attn");
        return new ContextLayout(
            positions, batch, ubatch, sequences, Snapshots: Absent, threads, flash,
            FlashAttentionIsFlag: true, keys, values, FullWindow: Absent, Unified: Absent);
    }

    private static (int Positions, int Batch, int Ubatch, int Sequences) Head(ref ParameterLayout fields) =>
        (fields.Take("n_ctx", 512), fields.Take("n_batch", 2048), fields.Take("n_ubatch", 512), fields.Take("n_seq_max", 1));

    private static int ThreadCounts(ref ParameterLayout fields)
    {
        int count = fields.Peek(), offset = fields.Take("n_threads", value => value > 1);
        fields.Take("n_threads_batch", count);
        return offset;
    }

    private static void Types(ref ParameterLayout fields)
    {
        foreach (string field in (string[])["rope_scaling_type", "pooling_type", "attention_type"]) fields.Take(field, Unspecified);
    }

    private static void Scaling(ref ParameterLayout fields)
    {
        fields.Take("rope_freq_base", 0f);
        fields.Take("rope_freq_scale", 0f);
        fields.Take("yarn_ext_factor", -1f);
        // Values of the model since late 2025; before, numbers.
        for (int i = 0; i < 3; i++) fields.Take();
        fields.Take("yarn_orig_ctx", 0);
        fields.Take();
        fields.TakeNulls("cb_eval", 2);
    }

    private static (int Keys, int Values) CacheTypes(ref ParameterLayout fields) =>
        (fields.Take("type_k", F16), fields.Take("type_v", F16));

    private static bool IsNoCount(int value) => value == 0;
}
