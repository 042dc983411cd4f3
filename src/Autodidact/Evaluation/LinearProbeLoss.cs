namespace Autodidact.Evaluation;

/// <summary>Losses that <see cref="LinearProbe"/> minimises; s are a row's scores W'x + b, one a class.</summary>
public enum LinearProbeLoss
{
    /// <summary>Multinomial logistic regression: mean over rows of -log softmax(s)[class of the row].</summary>
    Softmax,

    /// <summary>
    /// One class against the rest (L2-SVM, as in LIBLINEAR and Coates, Lee &amp; Ng 2011): mean over rows of the sum over classes of max(0,
    /// 1 - y s)^2, with y = 1 for the row's class and -1 for the others.
    /// </summary>
    SquaredHinge,
}
