namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>The parts of a token's recurrence, which mistakes put in another order or exchange.</summary>
internal enum RecurrenceStep
{
    /// <summary><c>S &lt;- exp(g) S</c></summary>
    Decay,

    /// <summary><c>delta &lt;- beta (v - S^T k)</c></summary>
    Recall,

    /// <summary><c>delta &lt;- beta v</c></summary>
    RecallNothing,

    /// <summary><c>delta &lt;- beta v - S^T k</c></summary>
    RecallWithoutBeta,

    /// <summary><c>S &lt;- S + k delta^T</c></summary>
    Write,

    /// <summary><c>o &lt;- S^T q / sqrt(K)</c></summary>
    Answer,
}
