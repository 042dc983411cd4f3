"""Raw pixels of the synthetic set: synthetic_raw.py DUMP"""
import sys
from synthetic_common import clustering_accuracy, knn, load

train, train_labels = load(sys.argv[1], "train")
test, test_labels = load(sys.argv[1], "test")
train, test = train.flatten(1).float() / 255, test.flatten(1).float() / 255
mean = train.mean(0)
print(f"k-NN {knn(train, train_labels, test, test_labels):.3f}"
      f"  centred k-NN {knn(train - mean, train_labels, test - mean, test_labels):.3f}"
      f"  k-means accuracy {clustering_accuracy(train, test, test_labels):.3f}", flush=True)
